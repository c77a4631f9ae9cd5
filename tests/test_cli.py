"""The command line, as somebody meets it who starts an archive."""

import json
import os
import re
import resource
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
import yaml
from jsonschema import Draft202012Validator

from byline import __version__
from byline.cli import main
from conftest import build, byline, write

EXAMPLE = Path(__file__).parent.parent
KINDS = ("season", "topic", "episode", "segment", "record", "contributor", "page")
HOME = {"content/index.md": "---\ntitle: Lanterns\n---\n"}


@pytest.fixture
def new(tmp_path: Path) -> Path:
    """A new archive, as `byline new` makes it."""
    text, status = byline(tmp_path, f"new {tmp_path / 'show'}")
    assert status == 0, text
    return tmp_path / "show"


def test_a_new_archive_builds_at_once(new: Path) -> None:
    assert byline(new, "check --strict") == ("No problems.\n", 0)
    text, status = byline(new, "build")
    assert status == 0
    assert (new / "output/index.html").is_file()
    assert re.fullmatch(r"[\d,]+ files, [\d,]+ written, 0 removed, in \d+\.\d s\n", text)
    assert "Sample" in (new / "output/episodes/a-light-in-the-window/index.html").read_text("utf-8")


def test_it_is_a_module_of_python_too(new: Path) -> None:
    program = [sys.executable, "-m", "byline", "-C", str(new), "check"]
    done = subprocess.run(program, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "No problems.\n", "")


def test_a_shell_can_complete_commands() -> None:
    told = {"_BYLINE_COMPLETE": "bash_complete", "COMP_WORDS": "byline ch", "COMP_CWORD": "1"}
    program = str(Path(sys.executable).with_name("byline"))
    done = subprocess.run(program, env={**os.environ, **told}, capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("plain,check\n", "")


def test_what_a_new_archive_says_can_be_done_as_it_is_said(tmp_path: Path) -> None:
    said, status = byline(tmp_path, f"new '{tmp_path / 'my show'}'")
    assert status == 0
    command = said.partition("Now: byline -C ")[2].partition(" build")[0]
    assert byline(Path(), f"-C {command} check") == ("No problems.\n", 0)


def test_nothing_is_made_where_something_is(new: Path) -> None:
    before = {path: path.read_bytes() for path in new.rglob("*") if path.is_file()}
    text, status = byline(new, f"new {new}")
    assert status == 2
    assert "is not an empty folder" in text
    assert {path: path.read_bytes() for path in new.rglob("*") if path.is_file()} == before


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
@pytest.mark.parametrize("command", ["build", "check --format json"])
def test_what_cannot_be_printed_is_said(new: Path, command: str) -> None:
    program = [str(Path(sys.executable).with_name("byline")), "-C", str(new), *command.split()]
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(program, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert (done.returncode, done.stderr) == (
        1,
        "cannot write to standard output: No space left on device\n",
    )


STARTS = {
    "children ignored": lambda: signal.signal(signal.SIGCHLD, signal.SIG_IGN),
    "no input": lambda: os.close(0),
    "no output": lambda: os.close(1),
    "nowhere to complain": lambda: os.close(2),
    "nothing at all": lambda: os.closerange(0, 3),
    "few open files": lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (32, 32)),
}


@pytest.mark.parametrize("how", STARTS)
def test_it_builds_whatever_it_is_started_by(how: str, tmp_path: Path) -> None:
    # As many documents as fill every shard of the cache.
    ledger = "id,title\n" + "".join(f"r{n},R\n" for n in range(3))
    pages = {f"content/records/m{n}.md": f"---\ntitle: M{n}\n---\nWord.\n" for n in range(300)}
    write(tmp_path, {"content/records.csv": ledger, **pages})
    program = [str(Path(sys.executable).with_name("byline")), "-C", str(tmp_path), "build"]
    for _ in ("a first time", "anew", "again"):
        done = subprocess.run(program, capture_output=True, text=True, check=False, preexec_fn=STARTS[how])
        assert (done.returncode, done.stderr) == (0, "")
        assert "Word." in (tmp_path / "output/records/m0/index.html").read_text("utf-8")
        if _ == "a first time":
            shutil.rmtree(tmp_path / "output")


def test_folders_may_have_names_that_are_no_text(tmp_path: Path) -> None:
    odd = tmp_path / "\udcff"
    try:
        odd.mkdir()
    except OSError:
        pytest.skip("this file system has no such names")
    write(odd / "show", HOME)
    for where in ("", f"--output {odd / 'site'}", f"--cache {odd / 'cache'} --output {odd / 'site'}"):
        for _ in ("a first time", "again"):
            text, status = byline(odd / "show", f"build {where}")
            assert (status, " files, " in text) == (0, True)
    text, status = byline(odd / "show", "preview")
    assert (status, "give folders plain names" in text) == (2, True)


def test_a_system_that_allows_too_little_is_said(tmp_path: Path) -> None:
    write(tmp_path, {f"content/records/m{n}.md": f"---\ntitle: M{n}\n---\n" for n in range(300)})
    program = [str(Path(sys.executable).with_name("byline")), "-C", str(tmp_path), "check"]
    done = subprocess.run(
        program,
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (6, 6)),
    )
    said = "this needs more than the system allows: Too many open files\n"
    assert (done.returncode, done.stderr) == (1, said)


def test_version() -> None:
    assert byline(Path(), "--version") == (f"byline, version {__version__}\n", 0)


@pytest.mark.parametrize("command", ["", *sorted(main.commands)])
def test_every_command_has_help(command: str) -> None:
    text, status = byline(Path(), f"{command} --help")
    assert status == 0
    assert text.startswith("Usage: ")
    usage, _, rest = text.partition("\n\n")
    assert re.match(r"  [A-Z]", rest), "a sentence that says what it does"
    assert command in usage
    options = main.commands[command].params if command else main.params
    assert [option.name for option in options if isinstance(option, click.Option) and not option.help] == []


def test_a_pipe_gets_problems_and_one_line(tmp_path: Path) -> None:
    """No colours, no progress, no cursor movements."""
    write(tmp_path, {"content/records/lamp.md": "---\ntitle: Lamp\ndaet: 2014\n---\n", **HOME})
    command = [sys.executable, "-c", "from byline.cli import main; main()", "-C", str(tmp_path), "check"]
    done = subprocess.run(command, capture_output=True, check=False)
    assert done.returncode == 1
    assert done.stdout == b""
    assert done.stderr.startswith(b"content/records/lamp.md:3:1: error[unknown-field]: ")
    assert b"\x1b" not in done.stderr
    assert b"\r" not in done.stderr


def test_folders_are_told_from_afar_and_from_inside(new: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert byline(new, "check")[1] == 0
    monkeypatch.chdir(new / "content")
    assert byline(Path(".."), "check")[1] == 0
    text, status = byline(Path(), "check")
    assert status == 1
    assert "[no-settings]" in text
    text, status = byline(new / "nowhere", "check")
    assert status == 2
    assert "does not exist" in text


def test_a_setting_for_one_run(tmp_path: Path) -> None:
    files = {**HOME, "content/records/moth.md": "---\ntitle: Moth\nsources: [gone]\n---\n"}
    root = write(tmp_path / "archive", files)
    assert build(root, tmp_path / "site").status == 1
    site = build(root, tmp_path / "site", "--set lineage.missing=warn --set archive.title='Night lights'")
    assert site.status == 0
    assert "Night lights" in site.page("records/moth")
    settings = (root / "byline.toml").read_text("utf-8")
    assert "warn" not in settings


@pytest.mark.parametrize(
    ("override", "code", "hint"),
    [
        ("lineage.missing=wran", "bad-choice", 'did you mean "warn"?'),
        ("linaege.missing=warn", "unknown-field", 'did you mean "lineage"?'),
        ("pages.per_page=many", "wrong-type", "for example 12"),
        ("pages.per_page=5", "out-of-range", ""),
        ("lineage", "bad-override", "write for example --set lineage.missing=warn"),
        ("=", "bad-override", "write for example"),
    ],
)
def test_a_bad_setting_for_one_run_is_told(override: str, code: str, hint: str, tmp_path: Path) -> None:
    text, status = byline(write(tmp_path, HOME), f"check --set {override}")
    assert status == 1
    assert text.startswith(f"--set: error[{code}]: ")
    assert hint in text


def schemas() -> dict[str, Any]:
    text, status = byline(Path(), "schema")
    assert status == 0
    found: dict[str, Any] = json.loads(text)
    return found


def test_schemas_are_schemas() -> None:
    found = schemas()
    assert {"season", "topic", "episode", "segment", "record", "contributor", "page", "settings"} <= set(
        found
    )
    for name, schema in found.items():
        Draft202012Validator.check_schema(schema)
        text, status = byline(Path(), f"schema {name}")
        assert (json.loads(text), status) == (schema, 0)
    text, status = byline(Path(), "schema recrod")
    assert status == 2


def front_matters() -> Iterator[tuple[str, str, Any]]:
    """Kind, path and front matter of every document of the example archive."""
    folders = {
        f"{kind}s": kind
        for kind in ("season", "topic", "episode", "segment", "record", "contributor", "page")
    }
    for path in sorted((EXAMPLE / "content").rglob("*.md")):
        inside = [part for part in path.relative_to(EXAMPLE / "content").parts[:-1] if part in folders]
        kind = folders[inside[-1]] if inside else "page"
        text = path.read_text("utf-8")
        if text.startswith("---\n"):  # others are attachments
            yield kind, str(path.relative_to(EXAMPLE)), yaml.load(text.split("---\n")[1], PlainLoader)


class PlainLoader(yaml.SafeLoader):
    """Dates and times stay texts, as in YAML 1.2."""


PLAIN = ("int", "float", "bool", "null")
PlainLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in pairs if tag.endswith(PLAIN)]
    for first, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()
    if first not in "yYnNoO"
}


def test_schemas_accept_the_example_archive() -> None:
    found = schemas()
    count = 0
    for kind, path, front in front_matters():
        faults = [error.message for error in Draft202012Validator(found[kind]).iter_errors(front)]
        assert faults == [], path
        count += 1
    assert count > 30
    for path in sorted((EXAMPLE / "content").rglob("*.jsonl")):
        kind = path.stem.removesuffix("s")
        row = Draft202012Validator(found[f"{kind}-row"])
        for line in path.read_text("utf-8").splitlines():
            assert [error.message for error in row.iter_errors(json.loads(line))] == [], path


@pytest.mark.parametrize(
    ("kind", "front"),
    [
        ("record", {"titel": "Storm"}),
        ("record", {"title": ["Storm"]}),
        ("record", {"hearts": -1}),
        ("record", {"hearts": "many"}),
        ("record", {"date": "yesterday"}),
        ("record", {"id": "Big Storm"}),
        ("record", {"url": "storm.example"}),
        ("record", {"credits": {"author": {"as": "nobody"}}}),
        ("record", {"sources": [{"rekord": "x"}]}),
        ("record", {"draft": "yes"}),
        ("episode", {"season": "one"}),
        ("episode", {"title": "The Dark", "runtime": 22}),
        ("contributor", {"sort_name": "Marsh"}),
        ("contributor", {"name": "Ada", "kind": "robot"}),
        ("record-row", {"title": "Storm"}),
        ("settings", {"archive": {"title": "x"}}),
        (
            "settings",
            {"archive": {"title": "x", "base_url": "https://x.example/"}, "lineage": {"missing": "no"}},
        ),
    ],
)
def test_schemas_reject_what_the_program_rejects(kind: str, front: dict[str, Any]) -> None:
    assert list(Draft202012Validator(schemas()[kind]).iter_errors(front))


@pytest.mark.parametrize(
    ("kind", "front"),
    [
        ("episode", {"title": "One", "number": 1.5, "season": 2.5}),
        (
            "episode",
            {"title": "One", "summary": None, "media": None, "poster": [], "credits": {"host": None}},
        ),
        ("record", {"id": 1.1, "title": None, "kind": None, "by": None, "date": None, "sources": None}),
        ("record", {"withdrawn": {"on": None, "by": None, "note": None}, "draft": None, "hearts": None}),
        ("contributor", {"name": "Ada", "kind": None, "links": None, "identifiers": {"orcid": None}}),
    ],
)
def test_schemas_accept_what_the_program_accepts(kind: str, front: dict[str, Any], tmp_path: Path) -> None:
    """A name without a value is nothing, and numbers may be decimal: neither is underlined by an editor."""
    text = f"---\n{json.dumps(front)}\n---\n"
    root = write(
        tmp_path, {f"content/{kind}s/1.1.md": text, "content/seasons/2.5.md": "---\ntitle: Two\n---\n"}
    )
    text, status = byline(root, "check")
    assert (status, "error" in text) == (0, False), text
    assert [error.message for error in Draft202012Validator(schemas()[kind]).iter_errors(front)] == []


@pytest.mark.parametrize(
    ("path", "plain"),
    [
        *((path, True) for path in ("", "/", "/show", "/show/", "/~ada/the.show_2-b/", "/.show/", "/...x/")),
        *((path, False) for path in ("/my%20show/", "/фильм/", "/%D1%84/", "/../x/", "/./", "/x/..", "//")),
        *((path, False) for path in ("//x/", "/x//", "/a;b/", "/$x/", "/a+b/", "/{x}/", "/*/")),
    ],
)
def test_folders_of_an_address_are_written_alike_everywhere(path: str, plain: bool, tmp_path: Path) -> None:
    root = write(tmp_path, HOME)
    text, status = byline(root, f"check --set 'archive.base_url=https://lanterns.example{path}'")
    assert (status, "folders in base_url" in text) == ((0, False) if plain else (1, True))


def test_every_address_can_be_explained(tmp_path: Path) -> None:
    files = {
        **HOME,
        "content/records/lamp.md": "---\ntitle: Lamp\ncredits: {host: ada}\n---\n",
        "content/contributors/ada.md": "---\nname: Ada\n---\n",
        "static/plain.txt": "plain",
    }
    root = write(tmp_path, files)
    text, status = byline(root, "explain /")
    assert (status, text.splitlines()[:3]) == (0, ["page", "  page     /", "  written  content/index.md"])
    assert "content/index.md:2:8" in text
    assert byline(root, "explain https://lanterns.example/") == (text, 0)
    nowhere = "  written  in no document of its own\n"
    for address, said in (
        ("roles/host/", f"role host\n  page     roles/host/\n{nowhere}"),
        ("/404.html", f"notfound\n  page     404.html\n{nowhere}"),
        ("plain.txt", "static\n  page     plain.txt\n  written  static/plain.txt\n"),
    ):
        assert byline(root, f"explain {address}") == (said, 0)
    (root / "content/index.md").unlink()
    assert nowhere in byline(root, "explain /")[0]
    text, status = byline(root, "explain nothing/")
    assert (status, "nothing here is called" in text) == (2, True)


def test_a_port_is_one(tmp_path: Path) -> None:
    for port in (-1, 65536, 70000):
        text, status = byline(write(tmp_path, HOME), f"preview --port {port}")
        assert (status, f"{port} is not in the range 0<=x<=65535" in text) == (2, True)
