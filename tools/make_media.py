"""Make every picture, sound and film of the example archive in content/.

    python tools/make_media.py            everything
    python tools/make_media.py salt bo    only files whose path contains one of the words

Needs Pillow; ffmpeg (with libvpx-vp9, libopus and libmp3lame) for sounds and films, which are left as
they are where it is missing. The same versions of these give the same bytes. What is made is committed, so
nobody needs to run this who only wants to build the archive.
"""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path

from media import films, instruments, lines, paper, pictures, portraits, posters, scenes, sounds
from PIL import Image

CONTENT = Path(__file__).resolve().parent.parent / "content"
S01, S02 = "episodes/s01/", "episodes/s02/"
EPISODES = {
    "p01-kettles": (S01, "kettles"),
    "s01e01-doorsteps": (S01, "doorsteps"),
    "s01e02-wrong-numbers": (S01, "wrong-numbers"),
    "s02e01-salt": (S02, "salt"),
    "s02e02-the-last-bus": (S02, "the-last-bus"),
}
# Files of records, by the episode that they came in for. Ledgers keep theirs in one folder.
RECORDS = {
    "p01-kettles": "four-kettles.png steam-alphabet.jpg tea-for-somebody.png grandmother-samovar.png "
    "kettle-in-b-flat.mp3 whistle-waltz.mp3 steam-study.webm",
    "s01e01-doorsteps": "doorstep-grid.jpg shoes-outside.png parcel-comic.png "
    "step-song.mp3 three-knocks.mp3 shoes-walk.webm",
    "s01e02-wrong-numbers": "wrong-door.png switchboard.png rosa-drawn.png phone-box-1987.png "
    "dial-tone-lullaby.mp3 answering-machine.mp3 party-line.mp3 seven-digits-sung.mp3 rosa-calls-back.webm",
    "s02e01-salt": "salt-flats.jpg salt-map.png caravan.png crystal-print.png jar.png "
    "salt-hymn.mp3 caravan-moves.webm",
    "s02e02-the-last-bus": "bus-window.jpg empty-seat-drawn.png headlights.jpg "
    "bus-sound.mp3 last-bus-ballad-sung.mp3 bus-loop.webm",
    "": "borrowed-clock.png minute-theme.mp3 minute-theme-zither.mp3 hold-music.mp3",
}
LEDGERS = {"s01e02-wrong-numbers", "s02e01-salt"}


def main(words: Sequence[str]) -> int:
    """Make what was asked for; 0, or 1 where ffmpeg is missing."""
    jobs = {path: make for path, make in catalogue().items() if not words or any(w in path for w in words)}
    ffmpeg = shutil.which("ffmpeg")
    left = 0
    for path, make in jobs.items():
        if not ffmpeg and Path(path).suffix in {".mp3", ".webm"}:
            left += 1
            continue
        (CONTENT / path).parent.mkdir(parents=True, exist_ok=True)
        make(CONTENT / path)
        print(f"{(CONTENT / path).stat().st_size:>9,}  {path}", flush=True)
    if left:
        print(f"{left} sounds and films were left as they are: install ffmpeg to make them", file=sys.stderr)
    return 1 if left else 0


def catalogue() -> dict[str, Callable[[Path], None]]:
    """Every file that is made, by its path in content/, and how."""
    jobs: dict[str, Callable[[Path], None]] = {}
    for who in portraits.PORTRAITS:
        jobs[f"contributors/{who}/avatar.png"] = saved(partial(portraits.portrait, who))
    for name in ("s01", "s02"):
        jobs[f"seasons/{name}-poster.jpg"] = saved(posters.POSTERS[name])
    jobs["topics/repairs-poster.jpg"] = saved(posters.repairs)
    jobs[S01 + "p01-kettles/segments/steam-frames.png"] = saved(lines.steam_frames)
    for episode, (folder, film) in EPISODES.items():
        jobs[f"{folder}{episode}/poster.jpg"] = saved(posters.POSTERS[episode])
        jobs[f"{folder}{episode}/{film}.webm"] = make_film
    for episode, names in RECORDS.items():
        base = f"{EPISODES[episode][0]}{episode}/" if episode else ""
        for name in names.split():
            stem = Path(name).stem
            folder = f"{base}media/" if episode in LEDGERS else f"{base}records/{stem}/"
            if name.endswith(".mp3"):
                jobs[folder + name] = make_sound
            elif name.endswith(".webm"):
                jobs[folder + name] = make_film
                jobs[folder + stem + ".jpg"] = make_still
            else:
                jobs[folder + name] = saved(pictures.PICTURES[name])
    return jobs


def saved(draw: Callable[[], Image.Image]) -> Callable[[Path], None]:
    """A picture, drawn and written where it is asked for."""
    return lambda path: paper.save(draw(), path)


def make_still(path: Path) -> None:
    """The picture that stands for a film: one from past its middle."""
    seconds, scene, _ = films.FILMS[path.stem][0]
    paper.save(scene(seconds * 0.62, seconds), path)


def make_sound(path: Path) -> None:
    """A record's sound, as MP3."""
    with tempfile.TemporaryDirectory() as folder:
        wav = Path(folder) / "sound.wav"
        instruments.write_wav(sounds.SOUNDS[path.stem](), wav)
        run("-i", wav, "-c:a", "libmp3lame", "-b:a", "48k", "-id3v2_version", "0", path)


def make_film(path: Path) -> None:
    """A film as WebM (VP9 and Opus); voices are played where its English captions have them."""
    captions = path.with_suffix(".en.vtt")
    size = f"{scenes.WIDTH}x{scenes.HEIGHT}"
    with tempfile.TemporaryDirectory() as folder:
        wav = Path(folder) / "sound.wav"
        instruments.write_wav(films.soundtrack(path.stem, captions if captions.exists() else None), wav)
        run(
            *("-f", "rawvideo", "-pix_fmt", "rgb24", "-s", size, "-r", scenes.RATE, "-i", "-", "-i", wav),
            *("-c:v", "libvpx-vp9", "-pix_fmt", "yuv420p", "-crf", "50", "-b:v", "0", "-g", "240"),
            *("-deadline", "good", "-cpu-used", "4", "-threads", "1", "-c:a", "libopus", "-b:a", "28k", path),
            frames=films.frames(path.stem),
        )


def run(*arguments: object, frames: Iterable[Image.Image] = ()) -> None:
    """Call ffmpeg so that it writes no dates, versions or random ids; `frames` go in as raw pixels."""
    exact = ["-map_metadata", "-1", "-fflags", "+bitexact", "-flags:v", "+bitexact", "-flags:a", "+bitexact"]
    command = ["ffmpeg", "-v", "error", "-y", *map(str, arguments[:-1]), *exact, str(arguments[-1])]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as process:
        assert process.stdin is not None
        for frame in frames:
            process.stdin.write(frame.tobytes())
        process.stdin.close()
        if process.wait():
            raise subprocess.CalledProcessError(process.returncode, command)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
