"""A build with what it kept beside a build with nothing: the same in all that anybody can see."""

import os
import random
import shutil
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import msgspec

from conftest import byline
from editing import Archive, hurt, tree


class Side(NamedTuple):
    """What a build printed, its exit status, and the site."""

    text: str
    status: int
    site: dict[str, bytes]


def apart(root: Path, options: str, scratch: Path) -> tuple[str, int]:
    """Run a command in a process of its own, which remembers nothing of others: text and exit status."""
    process = os.fork()
    if not process:
        try:
            said = byline(root, options)
        except BaseException:
            said = traceback.format_exc(), 99
        scratch.write_bytes(msgspec.json.encode(said))
        os._exit(0)
    os.waitpid(process, 0)
    text, status = msgspec.json.decode(scratch.read_bytes(), type=tuple[str, int])
    scratch.unlink()
    return text, status


class Sides:
    """An archive, built again and again with what was kept, and beside it with nothing."""

    def __init__(self, root: Path, folder: Path, seed: int, fixed: str = "") -> None:
        """Work in `folder`; `fixed` options are part of every build."""
        self.root, self.folder, self.fixed = root, folder, fixed
        self.random = random.Random(seed)
        self._old: list[Path] = []
        folder.mkdir(parents=True, exist_ok=True)

    def damage(self) -> str:
        """Do to cache or site what killed builds, other versions, backups and people do."""
        rnd, kept, site = self.random, self.folder / "cache", self.folder / "site"
        match rnd.choice(["cache", "site", "keep", "back", "share", "renditions"]):
            case "cache" if kept.exists():
                hurt(kept, rnd)
                return "hurt cache"
            case "site" if site.exists():
                hurt(site, rnd)
                return "hurt site"
            case "keep" if kept.exists():
                self._old.append(self.folder / f"old-{len(self._old)}")
                shutil.copytree(kept, self._old[-1])
            case "back" if self._old:
                shutil.rmtree(kept)
                shutil.copytree(rnd.choice(self._old[-3:]), kept)
                return "older cache"
            case "share":
                Archive(self.folder / "neighbour", rnd.randint(1, 3))
                apart(self.folder / "neighbour", f"build --cache {kept} --on 2026-06-01", self._scratch)
                return "shared cache"
            case "renditions":
                shutil.rmtree(self.folder / "clean-cache", ignore_errors=True)
        return ""

    def build(self, options: str, where: str = "site") -> tuple[int, list[str]]:
        """Build both: the exit status, and whatever differs."""
        clean = self.folder / "clean"
        shutil.rmtree(clean, ignore_errors=True)
        for path in (self.folder / "clean-cache").glob("*"):
            if path.is_file() or path.name != "renditions":  # those are dear, and known by their source
                shutil.rmtree(path) if path.is_dir() else path.unlink()
        first = self._built(where, "cache", options)
        wanted = self._built("clean", "clean-cache", options)
        found = []
        if "Traceback" in first.text + wanted.text:
            found.append("a traceback")
        if first.status != wanted.status:
            found.append(f"status {first.status} for {wanted.status}")
        if first.text.splitlines()[:-1] != wanted.text.splitlines()[:-1]:
            found.append(f"said:\n{first.text}\nfor:\n{wanted.text}")
        if not found and not first.status:
            found += _between(first.site, wanted.site)
            if not found:
                again = self._built(where, "cache", options)
                found += [f"{one}, when nothing was changed" for one in _between(again.site, wanted.site)]
        if first.status == wanted.status == 99:
            found.append(first.text)
        return first.status, found

    def _built(self, where: str, cache: str, options: str) -> Side:
        site = self.folder / where
        places = f"--output {site} --cache {self.folder / cache}"
        text, status = apart(self.root, f"build {places} {self.fixed} {options}", self._scratch)
        text = text.replace(f"cannot write to {where}", "cannot write to clean")
        return Side(text, status, tree(site) if site.exists() and not status else {})

    @property
    def _scratch(self) -> Path:
        return self.folder / "said.json"


def _between(found: dict[str, bytes], wanted: dict[str, bytes]) -> list[str]:
    paths = sorted(path for path in found.keys() | wanted if found.get(path) != wanted.get(path))
    return [f"{len(paths)} files, such as {', '.join(paths[:5])}"] if paths else []


def busy(
    change: Callable[[], str], undo: Callable[[], None], sides: Sides, steps: int, damaged: float
) -> tuple[int, int, list[str]]:
    """Edit and build: sound builds, refused ones, and all differences."""
    rnd, sound, refused, found = sides.random, 0, 0, []
    day, more = "2026-06-01", ""
    for step in range(steps):
        what = change() if step else "nothing"
        hurts = sides.damage() if rnd.random() < damaged else ""
        day = rnd.choice([*[day] * 8, "2026-06-01", "2026-06-20"])
        more = rnd.choice([*[more] * 20, "", "", "--verify", "--set pages.per_page=30", "--links files"])
        where = rnd.choice([*["site"] * 9, "other"])
        status, differ = sides.build(f"--on {day} --workers {rnd.randint(1, 2)} {more}", where)
        if status:
            refused += 1
            undo()
        else:
            sound += 1
        found += [f"step {step} ({what}; {hurts} {day} {more} {where}): {one}" for one in differ]
    return sound, refused, found
