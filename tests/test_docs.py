"""The documentation is true: the reference is what the program says, links lead somewhere, examples work."""

import os
import re
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from byline.cli import main
from byline.problems import FORMATS
from byline.read.kinds import TABLES
from byline.settings import SECTIONS
from byline.vocabulary import builtin
from conftest import once

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
sys.path.insert(0, str(ROOT / "tools"))
import reference  # noqa: E402

TEXTS = sorted(ROOT.glob("*.md")) + sorted(DOCS.rglob("*.md"))
TUTORIAL = DOCS / "tutorial.md"
HOW_TO = sorted((DOCS / "how-to").glob("*.md"))
# A line with nothing but a path, and the block that is the file; or a block of commands and what they say.
STEP = re.compile(
    r"(?:^`(?P<path>[^`\n]+)`\n\n)?^```(?P<form>\w*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL
)
CONSOLE = re.compile(r"^\$ (?P<command>.+)\n(?P<said>(?:(?!\$ ).*\n)*)", re.MULTILINE)
LINK = re.compile(r"\]\(([^)\s]+)\)")
# How long it took and how many files there are is another number in every version and on every machine.
NUMBERS = re.compile(r"\b\d{2,} (?=files|written)|\d+\.\d (?=s$)", re.MULTILINE)


def steps(path: Path) -> Iterator[tuple[str, str, str]]:
    """("write", path, text) and ("run", command, output) of a page, in its order."""
    for step in STEP.finditer(path.read_text("utf-8")):
        if step["path"]:
            yield "write", step["path"], step["text"]
        elif step["form"] == "console":
            yield from (("run", one["command"], one["said"]) for one in CONSOLE.finditer(step["text"]))


def follow(page: Path, folder: Path) -> tuple[Path, list[tuple[str, str, str]]]:
    """Do what a page says; the folder where one ends, and every command with what is written and said."""
    environment = {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "SOURCE_DATE_EPOCH": "1780000000",
        "LC_ALL": "C.UTF-8",
    }
    heard = []
    for what, name, text in steps(page):
        if what == "write":
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, "utf-8")
        elif name.startswith("cd "):
            folder = folder / name.removeprefix("cd ")
        else:
            done = subprocess.run(
                name, shell=True, cwd=folder, env=environment, text=True, check=False,
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            )  # fmt: skip
            heard.append((name, text, done.stdout))
    return folder, heard


@pytest.fixture(scope="session")
def tutorial(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[tuple[str, str, str]]]:
    """The archive at the end of the tutorial, and what its commands said."""

    def make(folder: Path) -> tuple[Path, list[tuple[str, str, str]]]:
        folder.mkdir()
        return follow(TUTORIAL, folder)

    return once(tmp_path_factory, "tutorial", make)


def test_the_tutorial_shows_what_really_comes_out(
    tutorial: tuple[Path, list[tuple[str, str, str]]],
) -> None:
    _, heard = tutorial
    assert len(heard) > 8
    for command, written, said in heard:
        assert (command, NUMBERS.sub("", written)) == (command, NUMBERS.sub("", said))


@pytest.mark.parametrize("page", HOW_TO, ids=lambda page: page.stem)
def test_examples_of_how_to_guides_work(
    page: Path, tutorial: tuple[Path, list[tuple[str, str, str]]], tmp_path: Path
) -> None:
    archive = tmp_path / "archive"
    shutil.copytree(tutorial[0], archive)
    folder, heard = follow(page, archive)
    for command, written, said in heard:
        assert (command, NUMBERS.sub("", written)) == (command, NUMBERS.sub("", said))
    command = [sys.executable, "-c", "from byline.cli import main; main()", "check"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("name", reference.PAGES)
def test_the_reference_is_what_the_program_says(name: str) -> None:
    """Where this fails, run tools/reference.py."""
    assert (DOCS / "reference" / name).read_text("utf-8") == reference.PAGES[name]()


def test_every_problem_is_documented() -> None:
    told = [code for group in reference.groups() for code in group["problems"]]
    assert len(told) == len(set(told))
    assert set(told) == reference.codes()
    page = (DOCS / "reference" / "problems.md").read_text("utf-8")
    for code in told:
        section = page.partition(f"\n### {code}\n")[2].partition("\n##")[0]
        assert "**Remedy:**" in section
        assert f"[{code}]: " in section


def test_every_field_setting_command_and_word_is_documented() -> None:
    pages = {name: (DOCS / "reference" / name).read_text("utf-8") for name in reference.PAGES}
    for kind, fields in TABLES.items():
        assert f"\n## {kind.capitalize()}\n" in pages["fields.md"]
        assert [field.name for field in fields if f"| `{field.name}` |" not in pages["fields.md"]] == []
    for section in SECTIONS:
        assert f"\n## [{section.name}" in pages["settings.md"]
        for name in section.type.schema.get("properties", {}):
            assert f"`{name}`" in pages["settings.md"]
    cache = main.commands["cache"]
    assert isinstance(cache, click.Group)
    inner = {f"cache {name}": command for name, command in cache.commands.items()}
    for name, command in (main.commands | inner).items():
        assert f"\n## byline {name}\n" in pages["command-line.md"]
        section = pages["command-line.md"].partition(f"\n## byline {name}\n")[2].partition("\n## ")[0]
        options = [one.opts[0] for one in command.params if isinstance(one, click.Option)]
        assert [one for one in options if f"| `{one}` |" not in section] == []
    words = builtin()
    assert [one for one in words.roles if f"| `{one}` |" not in pages["roles.md"]] == []
    kinds = [*words.record_kinds, *words.segment_kinds, *words.source_kinds]
    assert [one for one in kinds if f"| `{one}` |" not in pages["kinds.md"]] == []
    assert [one for one in FORMATS if one not in pages["command-line.md"]] == []


def test_authors_of_themes_are_told_where_all_fields_stand() -> None:
    modules = (ROOT / "generator/byline/pages").glob("*.py")
    views = [one.name for one in modules if re.search(r"^class \w+\(View\b", one.read_text("utf-8"), re.M)]
    assert len(views) > 1
    page = (DOCS / "how-to" / "look.md").read_text("utf-8")
    assert [name for name in views if f"pages/{name})" not in page] == []


def test_the_readme_shows_a_problem_as_it_is_told() -> None:
    told = (reference.BROKEN / "unknown-source" / "expected.txt").read_text("utf-8")
    example = re.search(
        r"^    content/.*\n(?:      .*\n)+", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE
    )
    assert example
    assert textwrap.dedent(example[0]) in told


def slug(heading: str) -> str:
    """The anchor of a heading, as code hosts make it."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-")


@pytest.mark.parametrize("page", TEXTS, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page: Path) -> None:
    text = STEP.sub("", page.read_text("utf-8"))
    for target in LINK.findall(text):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        led = (page.parent / path).resolve() if path else page
        assert led.exists(), f"{target} in {page.name}"
        if anchor:
            headings = re.findall(r"^#+ (.+)$", led.read_text("utf-8"), re.MULTILINE)
            assert anchor in map(slug, headings), f"{target} in {page.name}"


def test_every_page_is_reached_from_the_index() -> None:
    reached, waiting = set(), [DOCS / "index.md"]
    while waiting:
        page = waiting.pop()
        if page in reached or page.suffix != ".md":
            continue
        reached.add(page)
        for target in LINK.findall(page.read_text("utf-8")):
            path = target.partition("#")[0]
            if path and ":" not in path:
                waiting.append((page.parent / path).resolve())
    assert set(DOCS.rglob("*.md")) - reached == set()
