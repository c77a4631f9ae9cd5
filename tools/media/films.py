"""The films: scenes drawn picture by picture, and the episodes that are put together from them."""

from collections.abc import Iterator
from pathlib import Path

from PIL import Image

from media import sounds
from media.instruments import RATE as SOUND_RATE
from media.instruments import Sound, put, silence
from media.rooms import (
    choir,
    empty_seat,
    exact_change,
    exchange,
    parcel,
    party,
    pinch,
    please_hold,
    rosa_calls,
)
from media.scenes import (
    RATE,
    Scene,
    caravan,
    chain,
    closing,
    garden,
    kettle_waltz,
    night_bus,
    pan,
    shoes_walk,
    stairs,
    steam_letters,
    title,
    white_road,
)
from media.things import CREAM, GOLD

Clip = tuple[float, Scene, str]  # seconds, what is seen, and the sound that is heard ("" for none)


FILMS: dict[str, list[Clip]] = {
    "steam-study": [(8, steam_letters, "one-string")],
    "shoes-walk": [(9, shoes_walk, "three-knocks")],
    "rosa-calls-back": [(14, rosa_calls, "party-line")],
    "caravan-moves": [(9, caravan, "party-line")],
    "bus-loop": [(10, chain((0.5, night_bus), (0.5, empty_seat)), "last-bus-ballad-sung")],
    "kettles": [
        (4, title("KETTLES", "#3c2a2a", CREAM), "minute-theme"),
        (20, chain((0.3, pan("four-kettles.png", (0, 0, 0.55), (0.4, 0.02, 0.6))), (0.7, garden)), ""),
        (14, kettle_waltz, "whistle-waltz"),
        (12, steam_letters, "one-string"),
        (
            4,
            closing(
                [
                    "edmund-farrowby",
                    "marisela-de-la-quinta",
                    "devaki-ranade",
                    "vlatko-dimeski",
                    "samira-al-bahri",
                ],
                "#3c2a2a",
                CREAM,
            ),
            "minute-theme",
        ),
    ],
    "doorsteps": [
        (4, title("DOORSTEPS", "#26324f", "#f6e3c5"), "minute-theme"),
        (18, chain((0.3, pan("doorstep-grid.jpg", (0, 0.02, 0.66), (0.34, 0.5, 0.66))), (0.7, stairs)), ""),
        (14, shoes_walk, "three-knocks"),
        (10, parcel, ""),
        (10, choir("#bcd8c1"), "step-song"),
        (
            4,
            closing(
                ["lin-yuehe", "devaki-ranade", "jun-harukawa", "ilkay-demirtepe", "wednesday-kitchen-choir"],
                "#26324f",
                "#f6e3c5",
            ),
            "minute-theme",
        ),
    ],
    "wrong-numbers": [
        (4, title("WRONG NUMBERS", "#8f1f3a", "#f7cfc5"), "minute-theme"),
        (16, chain((0.6, exchange), (0.4, pan("phone-box-1987.png", (0, 0.2, 1), (0, 0.2, 1)))), ""),
        (10, please_hold, "hold-music"),
        (18, chain((0.78, rosa_calls), (0.22, pan("rosa-drawn.png", (0, 0.1, 1), (0.2, 0.2, 0.7)))), ""),
        (8, party, "party-line"),
        (
            4,
            closing(
                ["bo", "kirsikka-yliaho", "jun-harukawa", "marisela-de-la-quinta", "ilkay-demirtepe"],
                "#8f1f3a",
                "#f7cfc5",
            ),
            "minute-theme",
        ),
    ],
    "salt": [
        (4, title("SALT", "#7c2f35", "#fffaf2"), "minute-theme-zither"),
        (20, chain((0.7, white_road), (0.3, pan("salt-map.png", (0, 0.3, 0.6), (0.4, 0, 0.6)))), ""),
        (16, caravan, "party-line"),
        (10, pinch, ""),
        (11, choir("#f7b267", "#fff3dc"), "salt-hymn"),
        (
            5,
            closing(
                [
                    "tigist-alemayehu",
                    "samira-al-bahri",
                    "lin-yuehe",
                    "kirsikka-yliaho",
                    "wednesday-kitchen-choir",
                    "bo",
                ],
                "#7c2f35",
                "#fffaf2",
            ),
            "minute-theme-zither",
        ),
    ],
    "the-last-bus": [
        (4, title("THE LAST BUS", "#101a38", GOLD), "minute-theme-zither"),
        (
            20,
            chain((0.65, night_bus), (0.35, pan("bus-window.jpg", (0, 0.1, 0.7), (0.3, 0.2, 0.7)))),
            "bus-sound",
        ),
        (10, exact_change, ""),
        (
            18,
            chain((0.75, empty_seat), (0.25, pan("headlights.jpg", (0.1, 0.1, 0.8), (0.3, 0.25, 0.45)))),
            "",
        ),
        (15, chain((0.6, night_bus), (0.4, choir("#3b3a68", GOLD))), "last-bus-ballad-sung"),
        (
            5,
            closing(
                [
                    "edmund-farrowby",
                    "marisela-de-la-quinta",
                    "delphine-marchetoile",
                    "ottoline-brask",
                    "ifeoluwa-adebayo",
                    "devaki-ranade",
                ],
                "#101a38",
                GOLD,
            ),
            "minute-theme-zither",
        ),
    ],
}


def frames(name: str) -> Iterator[Image.Image]:
    """Every picture of a film, in order."""
    for seconds, scene, _ in FILMS[name]:
        for k in range(round(seconds * RATE)):
            yield scene(k / RATE, seconds)


def soundtrack(name: str, captions: Path | None) -> Sound:
    """What is heard: each clip's sound, faded at its end, and the voices where the captions have them."""
    clips = FILMS[name]
    track, t = silence(sum(seconds for seconds, _, _ in clips)), 0.0
    makers = {**sounds.SOUNDS, "one-string": sounds.one_string}
    for seconds, _, sound in clips:
        if sound:
            heard = makers[sound]()[: round(seconds * SOUND_RATE)]
            fade = min(len(heard), SOUND_RATE // 2)
            for i in range(fade):
                heard[len(heard) - 1 - i] *= i / fade
            put(track, heard, t, 0.5 / max(0.001, max(heard)))
        t += seconds
    if captions:
        sounds.spoken(captions, track)
    return track
