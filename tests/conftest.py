"""Tests go through public doors: a folder of content goes in, the command line runs, a site comes out."""

import fcntl
import os
import pickle
import shlex
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple, TypeVar

import hypothesis
import pytest
from click.testing import CliRunner

from byline.cli import main

# A busy machine is no failure: properties are about results, never about time.
hypothesis.settings.register_profile("byline", deadline=None)
hypothesis.settings.load_profile("byline")

T = TypeVar("T")
ROOT = Path(__file__).parents[1]
SETTINGS = '[archive]\ntitle = "Lanterns"\nbase_url = "https://lanterns.example/"\n'
# Side files have tests of their own.
LEAN = " ".join(f"--set pages.{kind}=none" for kind in "json credits_json feeds cards badges embeds".split())


class Site(NamedTuple):
    """An archive's folder, the folder it was built into, what the terminal showed, the exit status."""

    root: Path
    output: Path
    text: str
    status: int

    def page(self, address: str) -> str:
        """The HTML at an address of the site."""
        return (self.output / address / "index.html").read_text("utf-8")


def byline(root: Path, arguments: str) -> tuple[str, int]:
    """Run the command line in this process; everything it said, and its exit status."""
    result = CliRunner().invoke(main, ["-C", str(root), *shlex.split(arguments)])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.output, result.exit_code


def write(root: Path, files: Mapping[str, str | bytes]) -> Path:
    """Write files of an archive; settings are added where there are none."""
    settings = {} if (root / "byline.toml").exists() else {"byline.toml": SETTINGS}
    for path, data in {**settings, **files}.items():
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data if isinstance(data, bytes) else data.encode())
    return root


def build(root: Path, output: Path, options: str = "") -> Site:
    """Build an archive."""
    text, status = byline(root, f"build --output {shlex.quote(str(output))} {options}")
    return Site(root, output, text, status)


@pytest.fixture
def site(tmp_path: Path) -> Callable[..., Site]:
    """`site({path: text})` writes a tree of content into an archive and builds it."""

    def make(files: Mapping[str, str | bytes], options: str = "") -> Site:
        return build(write(tmp_path / "archive", files), tmp_path / "site", options)

    return make


def once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], T]) -> T:
    """What `make` makes in a folder of this name, made once, however many processes share the tests."""
    base = factory.getbasetemp()
    shared = base.parent if base.name.startswith("popen-") else base
    with (shared / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        kept = shared / f"{name}.pickle"
        if not kept.exists():
            kept.write_bytes(pickle.dumps(make(shared / name)))
        made: T = pickle.loads(kept.read_bytes())
        return made


@pytest.fixture(scope="session")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example archive, built once; `cache` is beside it."""

    def make(folder: Path) -> Path:
        made = build(ROOT, folder / "site", f"--cache {folder / 'cache'}")
        assert made.status == 0, made.text
        return made.output

    return once(tmp_path_factory, "example", make)


@pytest.fixture(scope="session")
def jupiter(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """A large archive without side files, built once; `cache` is beside it."""
    archives = os.environ.get("BYLINE_ARCHIVES")
    if not archives:
        pytest.skip("BYLINE_ARCHIVES is not set")

    def make(folder: Path) -> Site:
        return build(Path(archives) / "jupiter", folder / "site", f"{LEAN} --cache {folder / 'cache'}")

    made = once(tmp_path_factory, "jupiter", make)
    assert made.status == 0, made.text[-2000:]
    return made
