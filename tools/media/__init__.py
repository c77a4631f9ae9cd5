"""The workshop of the example archive: paper, portraits, pictures, sounds and films, all drawn by code."""
