"""Files without what their makers did not mean to publish: positions, serial numbers, names, previews.

Nothing is decoded: pictures, sound and film stay as they are, bit for bit. A file whose structure cannot be
followed to its end is refused, since what cannot be followed may hide anything.
"""
