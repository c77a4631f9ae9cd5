"""Instruments: sums of sines, plucked strings, breath; and how they are put into a track."""

import math
import random
import wave as wave_file
from array import array
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TypeAlias

RATE = 22050


Sound: TypeAlias = "array[float]"  # mono


VOWELS = {"a": (750, 1200), "e": (480, 1900), "i": (310, 2250), "o": (450, 850), "u": (330, 720)}


NAMES = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}


def pitch(name: str) -> float:
    """Hertz of `A4`, `Bb3`, `F#5`."""
    flat = name.count("b") - name.count("#")
    return 440.0 * 2 ** ((NAMES[name[0]] - flat - 9) / 12 + int(name[-1]) - 4)


def silence(seconds: float) -> Sound:
    """Nothing, for a while."""
    return array("d", bytes(8 * round(seconds * RATE)))


def put(track: Sound, sound: Sound, at: float, gain: float = 1.0) -> None:
    """Add a sound to a track, at a second; what does not fit is cut."""
    start = round(at * RATE)
    for i, value in enumerate(sound[: max(0, len(track) - start)]):
        track[start + i] += value * gain


def tone(
    hertz: float,
    seconds: float,
    harmonics: Sequence[float],
    attack: float = 0.03,
    release: float = 0.1,
    shake: float = 0.0,
) -> Sound:
    """A note from the strengths of its harmonics; `shake` is the depth of its vibrato."""
    size = 512
    table = [
        sum(h * math.sin(math.tau * k * i / size) for k, h in enumerate(harmonics, 1)) for i in range(size)
    ]
    n, phase, out = round(seconds * RATE), 0.0, array("d")
    step = hertz * size / RATE
    rise, fall = max(1, round(attack * RATE)), max(1, round(release * RATE))
    for i in range(n):
        out.append(table[int(phase) % size] * min(1.0, i / rise, (n - i) / fall))
        phase += step * (1 + shake * math.sin(i * 34.0 / RATE)) if shake else step
    return out


def sung(hertz: float, seconds: float, vowel: str) -> Sound:
    """A vowel: harmonics are strong near two formants."""
    strengths = []
    for k in range(1, 15):
        peaks = sum(math.exp(-(((k * hertz - f) / 190) ** 2)) for f in VOWELS[vowel])
        strengths.append((0.12 / k + 0.55 * peaks) * (0.9 if k > 1 else 0.5))
    return tone(hertz, seconds, strengths, 0.09, 0.16, 0.006)


def plucked(hertz: float, seconds: float, seed: int = 1) -> Sound:
    """A string, by Karplus and Strong's averaging of a loop of noise."""
    rng = random.Random(seed)
    loop = [rng.uniform(-0.5, 0.5) for _ in range(max(2, round(RATE / hertz)))]
    out, n = array("d"), len(loop)
    total = round(seconds * RATE)
    for i in range(total):
        value = loop[i % n]
        loop[i % n] = 0.4985 * (value + loop[(i + 1) % n])
        out.append(value * min(1.0, (total - i) / 900))
    return out


def noise(seconds: float, soft: float, seed: int, attack: float = 0.01, release: float = 0.1) -> Sound:
    """Breath, salt, rain: the larger `soft` (0 to 1), the darker."""
    rng, out, last = random.Random(seed), array("d"), 0.0
    n = round(seconds * RATE)
    rise, fall = max(1, round(attack * RATE)), max(1, round(release * RATE))
    for i in range(n):
        last = soft * last + (1 - soft) * rng.uniform(-1, 1)
        out.append(last * min(1.0, i / rise, (n - i) / fall))
    return out


def knock(seed: int = 1) -> Sound:
    """A knuckle on wood."""
    out = noise(0.16, 0.72, seed, 0.001, 0.15)
    put(out, tone(180, 0.14, [0.8, 0.3], 0.001, 0.13), 0)
    return array("d", (v * math.exp(-i / RATE * 26) * 1.6 for i, v in enumerate(out)))


REED = [0.5, 0.28, 0.2, 0.12, 0.1, 0.06]


BRASS = [0.3, 0.42, 0.36, 0.2, 0.12, 0.08, 0.04]


WOOD = [0.6, 0.03, 0.3, 0.02, 0.12]


WHISTLE = [0.6, 0.04]


CHORDS = {
    "Am": "A3 C4 E4",
    "E": "G#3 B3 E4",
    "Dm": "A3 D4 F4",
    "F": "A3 C4 F4",
    "G": "G3 B3 D4",
    "C": "G3 C4 E4",
    "Bb": "Bb3 D4 F4",
    "Eb": "Bb3 Eb4 G4",
    "F7": "A3 C4 Eb4",
    "Gm": "Bb3 D4 G4",
}


def waltz(
    track: Sound, chords: str, bar: float, start: float = 0, reed: Sequence[float] = REED, gain: float = 0.16
) -> None:
    """Bass on the first beat, chord on the second and third."""
    for k, name in enumerate(chords.split()):
        notes, t = CHORDS[name].split(), start + k * bar
        put(track, tone(pitch(name[:2].rstrip("m7") + "2"), bar * 0.32, reed), t, gain * 1.7)
        for beat in (1, 2):
            for n in notes:
                put(track, tone(pitch(n), bar * 0.22, reed), t + bar * beat / 3, gain)


def melody(
    track: Sound,
    notes: str,
    beat: float,
    play: Callable[[float, float], Sound],
    start: float = 0,
    gain: float = 0.4,
) -> None:
    """`A4 E5:2 -:1`: names with their length in beats; `-` is a rest."""
    t = start
    for item in notes.split():
        name, _, length = item.partition(":")
        seconds = float(length or 1) * beat
        if name != "-":
            put(track, play(pitch(name), seconds), t, gain)
        t += seconds


def accordion(hertz: float, seconds: float) -> Sound:
    """Two reeds that do not quite agree."""
    out = tone(hertz, seconds, REED, 0.03, 0.08)
    put(out, tone(hertz * 1.006, seconds, REED, 0.03, 0.08), 0)
    return out


def sung_chords(
    track: Sound, chords: Iterable[tuple[str, str, float]], start: float = 0, gain: float = 0.2
) -> None:
    """Chord, vowel and length in seconds, one after another."""
    t = start
    for names, vowel, seconds in chords:
        for k, n in enumerate(names.split()):
            put(track, sung(pitch(n) * (1 + 0.002 * (k % 3 - 1)), seconds, vowel), t, gain)
        t += seconds


def babble(seconds: float, low: float, harmonics: Sequence[float], seed: str) -> Sound:
    """Speech as an instrument speaks it: short notes that rise and fall, and a pause for breath."""
    rng, track, t = random.Random(seed), silence(seconds), 0.0
    while t < seconds - 0.2:
        length = rng.choice((0.12, 0.15, 0.2, 0.28))
        hertz = low * 2 ** (rng.choice((0, 0, 2, 3, 5, 7, 5, 3)) / 12) * (1 - 0.12 * t / seconds)
        put(track, tone(hertz, length, harmonics, 0.04, 0.07, 0.02), t, 0.5)
        t += length + (0.22 if rng.random() < 0.14 else 0.02)
    return track


KEYS = {
    d: (r, c)
    for r, row in zip((697, 770, 852, 941), ("123", "456", "789", "*0#"), strict=True)
    for c, d in zip((1209, 1336, 1477), row, strict=True)
}


def dialled(digits: str, track: Sound, start: float, gap: float, gain: float = 0.2) -> None:
    """The two tones of each key."""
    for k, digit in enumerate(digits):
        for h in KEYS[digit]:
            put(track, tone(h, gap * 0.6, [0.5], 0.01, 0.02), start + k * gap, gain)


def write_wav(sound: Sound, path: Path) -> None:
    """16-bit mono, as loud as it can be without clipping."""
    peak = max(0.001, max(max(sound), -min(sound)))
    data = array("h", (round(v / peak * 29000) for v in sound))
    with wave_file.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes(data.tobytes())
