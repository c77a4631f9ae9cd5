"""The sounds of the Minute, made of sums of sines, plucked strings and a little noise."""

import math
import re
from collections.abc import Callable
from pathlib import Path

from media.instruments import (
    BRASS,
    CHORDS,
    REED,
    WHISTLE,
    WOOD,
    Sound,
    accordion,
    babble,
    dialled,
    knock,
    melody,
    noise,
    pitch,
    plucked,
    put,
    silence,
    sung,
    sung_chords,
    tone,
    waltz,
)

TUNE = "E5:2 D5 C5:2 B4 B4:2 C5 D5:2 E5 C5:3 F5:2 E5 E5:2 C5 B4:3 A4:2 C5 F5:2 A5 G#5:3"


KETTLE_TUNE = "F5:2 D5 Bb4:3 G5:2 Eb5 C5:3 F5 G5 A5 Bb5:3 F5:2 D5 C5 Bb4 A4 Bb4:3"


LULLABY = "A4:2 E4:1 A4:2 B4:1 C5:2 B4:1 A4:3 G4:2 E4:1 G4:2 A4:1 E4:3"


def minute_theme() -> Sound:
    track = silence(12.6)
    waltz(track, "Am Am E E Am Dm Am E F Dm E", 1.12)
    melody(track, TUNE, 1.12 / 3, accordion, 0, 0.2)
    return track


def minute_theme_zither() -> Sound:
    track = silence(15)
    for k, name in enumerate("Am Am E E Am Dm Am E F Dm E Am".split()):
        for i, n in enumerate(CHORDS[name].split()):
            put(track, plucked(pitch(n), 1.4, k + i), k * 1.12 + i * 0.373, 0.5)
    melody(track, TUNE + " A4:3", 1.12 / 3, lambda h, s: plucked(h, s + 0.7, 9), 0, 0.8)
    return track


def kettle_in_b_flat() -> Sound:
    track = silence(11)
    put(track, noise(10.4, 0.85, 3, 5, 0.5), 0, 0.9)
    for k in range(60):
        put(track, tone(90 + 7 * (k % 9), 0.06, [0.5], 0.01, 0.04), 0.6 + k * 0.09, 0.2)
    put(track, tone(pitch("Bb5"), 4.2, WHISTLE, 1.6, 0.4, 0.004), 6, 0.6)
    put(track, tone(pitch("Bb5") * 1.011, 2.4, WHISTLE, 1.4, 0.4, 0.006), 7.8, 0.4)
    return track


def whistle_waltz() -> Sound:
    track = silence(13.6)
    waltz(track, "Bb Bb Eb F7 Bb F7 Gm Eb F7 Bb Bb", 1.14, 0.6)
    melody(track, KETTLE_TUNE, 1.14 / 3, lambda h, s: tone(h, s, WHISTLE, 0.07, 0.1, 0.005), 0.68, 0.34)
    put(track, noise(0.7, 0.8, 5, 0.5, 0.1), 0, 0.7)
    return track


def step_song() -> Sound:
    track = silence(10.4)
    lines = [
        ("D3 A3 D4 F4", "a", 1.4),
        ("C3 G3 E4 G4", "e", 1.4),
        ("Bb2 F3 D4 F4", "i", 1.4),
        ("A2 E3 C#4 E4", "o", 1.4),
        ("Bb2 F3 D4 G4", "u", 1.4),
        ("A2 E3 C#4 A4", "o", 1.3),
        ("D3 A3 D4 F#4", "u", 2.0),
    ]
    sung_chords(track, lines)
    for k in range(7):
        put(track, knock(k), k * 1.4, 0.7)
    return track


def three_knocks() -> Sound:
    track = silence(4)
    for k, t in enumerate((0.4, 1.35, 2.75)):
        put(track, knock(k + 3), t, 0.9)
    return track


def dial_tone_lullaby() -> Sound:
    track = silence(11.5)
    for h in (350, 440):
        put(track, tone(h, 11.4, [0.5], 0.6, 1.2), 0, 0.09)
    melody(track, LULLABY, 0.48, lambda h, s: plucked(h, s + 0.8, 4), 0.7, 0.9)
    return track


def answering_machine() -> Sound:
    track = silence(9)
    put(track, tone(1000, 0.5, [0.5], 0.01, 0.02), 0.2, 0.4)
    put(track, babble(2.4, 210, WOOD, "hello"), 1.2, 0.7)
    put(track, babble(1.1, 235, WOOD, "is that rosa"), 4.1, 0.7)
    put(track, babble(2.2, 190, WOOD, "oh"), 5.9, 0.6)
    put(track, noise(9, 0.3, 8, 0.2, 0.2), 0, 0.02)
    return track


def seven_digits_sung() -> Sound:
    track = silence(10)
    dialled("5550179", track, 0.2, 0.32)
    for k, (n, vowel) in enumerate(zip("E4 E4 E4 A3 C4 G4 B4".split(), "aeiouae", strict=True)):
        put(track, sung(pitch(n), 1.05, vowel), 2.8 + k * 1.0, 0.5)
        dialled("5550179"[k], track, 2.8 + k * 1.0, 0.2, 0.08)
    return track


def party_line() -> Sound:
    track = silence(12)
    beat = 0.42
    for k in range(28):
        put(track, tone(55, 0.16, [0.9, 0.2], 0.004, 0.14), k * beat, 0.6 if k % 3 == 0 else 0.15)
        put(track, noise(0.06, 0.1, k, 0.002, 0.05), k * beat + beat / 2, 0.16)
    melody(track, LULLABY, beat, lambda h, s: plucked(h, s + 0.5, 4), 0, 0.7)
    melody(
        track,
        "F5:2 D5 Bb4:3 G5:2 Eb5 C5:3",
        beat,
        lambda h, s: tone(h, s, WHISTLE, 0.05, 0.1, 0.01),
        12 * beat,
        0.22,
    )
    put(track, babble(1.1, 235, WOOD, "is that rosa"), 3 * beat, 0.4)
    put(track, babble(1.1, 235, WOOD, "is that rosa"), 15 * beat, 0.4)
    dialled("5550179", track, 21 * beat, beat, 0.14)
    return track


def salt_hymn() -> Sound:
    track = silence(11.4)
    lines = [
        ("G2 D3 B3 D4", "u", 1.9),
        ("C3 G3 C4 E4", "o", 1.8),
        ("D3 A3 C4 F#4", "a", 1.8),
        ("E3 B3 B3 G4", "e", 1.8),
        ("C3 G3 C4 E4", "o", 1.6),
        ("G2 D3 B3 D4", "u", 2.4),
    ]
    sung_chords(track, lines)
    for k in range(24):
        put(track, noise(0.2, 0.05, 40 + k, 0.08, 0.1), k * 0.46, 0.06)
    return track


def bus_sound() -> Sound:
    track = silence(11)
    put(track, tone(43, 10.8, [0.5, 0.4, 0.3, 0.2, 0.1, 0.1, 0.05], 1.2, 1.2, 0.02), 0, 0.5)
    put(track, noise(10.8, 0.93, 6, 1, 1), 0, 0.8)
    for k in range(40):
        put(track, noise(0.03, 0.3, k, 0.001, 0.02), 1 + k * 0.21 + 0.03 * math.sin(k * 5), 0.1)
    put(track, noise(1.1, 0.2, 77, 0.05, 0.9), 8.6, 0.35)
    put(track, tone(pitch("E5"), 0.5, [0.5, 0.1], 0.01, 0.4), 7.4, 0.25)
    return track


def last_bus_ballad() -> Sound:
    track = silence(15)
    put(track, bus_sound(), 0, 0.22)
    names = "Am F C G Am F E Am".split()
    for k, name in enumerate(names):
        for i, n in enumerate([*CHORDS[name].split(), CHORDS[name].split()[1]]):
            put(track, plucked(pitch(n), 1.5, k + i), k * 1.8 + i * 0.45, 0.55)
    tune = (
        "E4:2 A4 C5:2 B4 A4:2 F4 C4:3 E4:2 G4 C5:2 D5 B4:2 A4 G4:3 "
        "E4:2 A4 C5:2 B4 A4:2 F4 A4:3 G#4:3 B4:3 A4:6"
    )
    vowels = iter("aeioueaoiuaeoiuaeoiuaeoiuaeoiu")
    melody(track, tune, 0.3, lambda h, s: sung(h, s, next(vowels)), 0, 0.5)
    return track


def hold_music() -> Sound:
    track = silence(10)
    for k in range(2):
        melody(
            track,
            "E5 G5 C6 G5 A5 F5 D5:2 D5 F5 B5 F5 G5 E5 C5:2",
            0.3,
            lambda h, s: tone(h, s, [0.5, 0, 0.16], 0.005, 0.2),
            k * 4.9,
            0.3,
        )
        melody(
            track,
            "C4:2 E4:2 F4:2 A4:2 G4:2 B4:2 C4:2 G4:2",
            0.3,
            lambda h, s: tone(h, s, [0.5, 0.1], 0.01, 0.2),
            k * 4.9,
            0.2,
        )
    return track


def one_string() -> Sound:
    """What Haneul plays under the steam."""
    track = silence(12)
    for k, n in enumerate("E6 D6 B5 E6 G6 E6".split()):
        put(track, plucked(pitch(n), 2.6, k), 0.8 + k * 1.8, 0.5)
    put(track, noise(12, 0.6, 2, 3, 3), 0, 0.1)
    return track


SOUNDS: dict[str, Callable[[], Sound]] = {
    "minute-theme": minute_theme,
    "minute-theme-zither": minute_theme_zither,
    "kettle-in-b-flat": kettle_in_b_flat,
    "whistle-waltz": whistle_waltz,
    "step-song": step_song,
    "three-knocks": three_knocks,
    "dial-tone-lullaby": dial_tone_lullaby,
    "answering-machine": answering_machine,
    "party-line": party_line,
    "seven-digits-sung": seven_digits_sung,
    "salt-hymn": salt_hymn,
    "bus-sound": bus_sound,
    "last-bus-ballad-sung": last_bus_ballad,
    "hold-music": hold_music,
}


# Who is played by what: harmonics, and the lowest note in hertz.
SPEAKERS = {
    "Eleni": (WOOD, 220.0),
    "Ottoline": (WHISTLE, 520.0),
    "Edmund": (REED, 92.0),
    "José": (REED, 120.0),
    "Baraka": (REED, 104.0),
}


CUE = re.compile(r"(\d+):(\d\d\.\d+) --> (\d+):(\d\d\.\d+)\n<v ([^>]+)>(.*)")


def spoken(captions: Path, track: Sound) -> None:
    """Play the voices of a captions file into a track, each where its words are shown."""
    for m0, s0, m1, s1, who, words in CUE.findall(captions.read_text(encoding="utf-8")):
        begin, end = int(m0) * 60 + float(s0), int(m1) * 60 + float(s1)
        harmonics, low = SPEAKERS.get(who, (BRASS, 190.0 + 40 * (len(who) % 4)))
        length = min(end - begin, 0.4 + 0.055 * len(words))
        put(track, babble(length, low, harmonics, words), begin, 0.36)
