"""Every mistake that can be made in an archive, and the words that its curator reads.

`tests/broken/CODE/` holds an archive with one kind of mistake, `expected.txt` what the terminal shows;
`CODE.VARIANT` is another way to the same code, and `command.txt` says what is run where that is not `check`.
"""

import ast
import ctypes
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest

import byline
from byline.values import DocumentKind
from conftest import byline as run
from conftest import write

BROKEN = Path(__file__).parent / "broken"
CASES = sorted(path.name for path in BROKEN.iterdir())
# Where problems are made, one of the arguments is the code.
MAKERS = {
    "Problem",
    "MediaFault",
    "CaptionFault",
    "Unfit",
    "Fault",
    "Issue",
    "BodyIssue",
    "say",
    "warn",
    "word",
    "_at",
    "_problem",
}
CODE = re.compile(r"[a-z]+(-[a-z*]+)+|encoding")
# Codes that are put together from a prefix and one of a few words.
FAMILIES = {
    "unknown-*": [f"unknown-{kind}" for kind in get_args(DocumentKind)],
    "license-*": [
        f"license-{breach}" for breach in ("no-license", "no-derivatives", "share-alike", "non-commercial")
    ],
}


def copy(case: str, tmp_path: Path) -> Path:
    root = Path(shutil.copytree(BROKEN / case, tmp_path / "archive"))
    if case == "not-followed":  # made here, since not every way of copying a checkout keeps links
        (root / "content/records/moth.md").symlink_to("lamp.md")
    if case == "missing-file.alike":  # nor every file system this name
        (root / "content/records/gru\u0308n.txt").write_text("Green.\n", "utf-8")
    return root


@pytest.mark.parametrize("case", CASES)
def test_a_mistake_is_told_in_these_words(case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = copy(case, tmp_path)
    monkeypatch.chdir(root)
    command = root / "command.txt"
    if case == "unreadable-file":
        text, status = _without_privileges(root, "content/records/lamp.md")
    else:
        text, status = run(Path(), command.read_text() if command.exists() else "check")
    assert text == (BROKEN / case / "expected.txt").read_text("utf-8")
    assert status == (1 if re.search(r"^\d+ errors?", text, re.MULTILINE) else 0)
    assert f"[{case.partition('.')[0]}]" in text


def _without_privileges(root: Path, unreadable: str) -> tuple[str, int]:
    """Check an archive with something that may not be read, as somebody to whom that matters."""
    (root / unreadable).chmod(0)
    prctl = ctypes.CDLL(None).prctl if sys.platform == "linux" and os.geteuid() == 0 else None

    def drop() -> None:
        for capability in (1, 2):  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH
            if prctl:
                prctl(24, capability, 0, 0, 0)  # PR_CAPBSET_DROP

    command = [sys.executable, "-c", "from byline.cli import main; main()", "check"]
    done = subprocess.run(command, cwd=root, preexec_fn=drop, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr, done.returncode


OWN = {
    "byline.toml": '[archive]\ntitle = "Own"\nbase_url = "https://own.example/"\n[build]\ntheme = "own"\n',
    "content/pages/about.md": "---\ntitle: About\n---\n",
    "templates/home.html": '{% extends "theme/home.html" %}',
    "templates/parts/own.html": "",
    "themes/own/theme.toml": 'parent = "marquee"\n',
    "themes/own/static/own.css": "a { color: red }",
    "static/more/facts.txt": "Facts.",
}
# Where a name may be one that is no text.
NAMES = {"content/pages": "md", "templates": "html", "themes/own/static": "css", "static": "txt"}


@pytest.mark.parametrize(
    "path",
    [
        *("templates", "templates/home.html", "templates/parts", "templates/parts/own.html"),
        *("themes", "themes/own", "themes/own/theme.toml", "themes/own/static", "themes/own/static/own.css"),
        *("static", "static/more", "content/pages"),
    ],
)
def test_nothing_is_left_out_because_it_cannot_be_read(path: str, tmp_path: Path) -> None:
    root = write(tmp_path, OWN)
    mode = (root / path).stat().st_mode
    try:
        text, status = _without_privileges(root, path)
    finally:
        (root / path).chmod(mode)
    assert f"\n{path}: error[unreadable-file]: this cannot be read: Permission denied\n" in f"\n{text}"
    assert status == 1
    assert "Traceback" not in text


def test_a_name_that_is_no_text_is_told(tmp_path: Path) -> None:
    root = write(tmp_path / "archive", OWN)
    odd = [f"{folder}/\udcff.{kind}" for folder, kind in NAMES.items()]
    try:
        for path in odd:
            (root / path).write_text("")
    except OSError:
        pytest.skip("this file system has no such names")
    shown = [path.replace("\udcff", "") for path in odd]
    for _ in ("a first time", "again"):
        text, status = run(root, f"build --output {tmp_path / 'site'}")
        assert status == 0
        for path in shown:
            message = "the name of this file holds characters that cannot be shown"
            assert f"{path}: warning[bad-file]: {message}\n  give it a plain name; it is not read\n" in text
    assert (tmp_path / "site/more/facts.txt").is_file()
    assert not [path for path in (tmp_path / "site").rglob("*") if "\udcff" in path.name]


def test_links_of_themes_and_static_files_are_told_and_not_followed(tmp_path: Path) -> None:
    """Whoever wrote a theme could publish any file of the machine that builds with it."""
    page = '{% extends "theme/page.html" %}{% block main %}{% include "more.html" %}{% endblock %}'
    files = {
        **OWN,
        "content/pages/about.md": "---\ntitle: About\n---\n",
        "templates/page.html": page,
        "templates/more.html": "More",
    }
    root = write(tmp_path / "archive", files)
    outside = write(tmp_path / "outside", {"key.txt": "Secret", "folder/key.txt": "Secret"})
    theme = next(Path(folder) for folder in NAMES if folder.startswith("themes/") and "static" in folder)
    links = ["static/key.txt", f"{theme}/key.txt", f"{theme}/folder", "templates/more.html"]
    for path in links:
        (root / path).unlink(missing_ok=True)
        (root / path).symlink_to(outside / ("folder" if path.endswith("folder") else "key.txt"))
    told = "warning[not-followed]: this is a link to another place; links are not followed"
    text, status = run(root, f"build --output {tmp_path / 'site'}")
    assert status == 1
    assert "more.html" in text
    assert [path for path in links if f"{path}: {told}" not in text] == []
    (root / "templates/page.html").unlink()
    _, status = run(root, f"build --output {tmp_path / 'site'}")
    assert status == 0
    shutil.move(root / theme, tmp_path / "moved")
    (root / theme).symlink_to(tmp_path / "moved")
    text, status = run(root, f"build --output {tmp_path / 'site'}")
    assert (status, f"{theme}: {told}" in text) == (0, True)
    files_of_site = [path for path in (tmp_path / "site").rglob("*") if path.is_file()]
    assert files_of_site
    assert not [path for path in files_of_site if b"Secret" in path.read_bytes() or "key" in path.name]


@pytest.mark.parametrize(
    "deep", ["{% if 1 %}" * 500 + "{% endif %}" * 500, "{{ " + "(" * 2000 + "1" + ")" * 2000 + " }}"]
)
def test_a_template_that_is_nested_too_deeply_is_one_problem(deep: str, tmp_path: Path) -> None:
    text, status = run(write(tmp_path, {**OWN, "templates/parts/own.html": deep}), "check")
    assert status == 1
    assert "templates/parts/own.html: error[template-syntax]: it is nested too deeply\n1 error" in text


def test_what_git_keeps_in_static_files_is_not_published(tmp_path: Path) -> None:
    """Where they are a checkout of their own, its configuration may say how to log in."""
    files = {
        **OWN,
        "static/.git/config": "url = https://me:key@own.example/",
        "static/.well-known/x": "Facts.",
    }
    _, status = run(write(tmp_path / "archive", files), f"build --output {tmp_path / 'site'}")
    assert status == 0
    assert (tmp_path / "site/.well-known/x").is_file()
    assert not [path for path in (tmp_path / "site").rglob("*") if ".git" in path.parts]


def test_a_name_in_two_lines_is_told(tmp_path: Path) -> None:
    """A host that takes names a line each would take the second one for another file."""
    root = write(tmp_path / "archive", OWN)
    odd = [f"{folder}/a\nb\tc.{kind}" for folder, kind in NAMES.items()]
    for path in odd:
        (root / path).write_text("")
    text, status = run(root, f"build --output {tmp_path / 'site'}")
    assert status == 0
    for path in odd:
        told = path.replace("\n", " ").replace("\t", " ")
        assert f"{told}: warning[bad-file]: the name of this file holds characters that" in text
    assert not [path for path in (tmp_path / "site").rglob("*") if "\n" in path.name]


def bury(folder: Path, name: str, text: str) -> None:
    """A file a thousand folders down."""
    folder.mkdir(parents=True, exist_ok=True)
    at = os.open(folder, os.O_RDONLY)
    for _ in range(1100):
        os.mkdir("a", dir_fd=at)
        below = os.open("a", os.O_RDONLY, dir_fd=at)
        os.close(at)
        at = below
    with os.fdopen(os.open(name, os.O_WRONLY | os.O_CREAT, dir_fd=at), "w") as file:
        file.write(text)
    os.close(at)


@pytest.fixture
def depths(tmp_path: Path) -> Iterator[Path]:
    """A folder that is removed by others: Python cannot remove one in which are so many."""
    yield tmp_path / "deep"
    subprocess.run(["rm", "-rf", str(tmp_path / "deep")], check=True)


def test_folders_may_be_too_deep(depths: Path, tmp_path: Path) -> None:
    root = write(depths, OWN)
    for folder in ("static", "content/records", "templates", "themes/own/templates", "themes/own/static"):
        bury(root / folder, "x.txt", "x")
    write(root, {"themes/own/theme.toml": 'parent = "marquee"\n'})
    build = f"build --output {tmp_path / 'site'} --set build.theme=own"
    for _ in ("a first time", "again"):
        text, status = run(root, build)
        assert status == 0
        for top, depth in (("static", 100), ("templates", 100), ("themes", 98)):
            deep = "/".join((top, *(["own/static"] if top == "themes" else []), *"a" * depth))
            assert f"{deep}: warning[bad-file]: this is 100 folders deep" in text
    bury(root / "content/pages", "x.md", "x")
    text, status = run(root, build)
    assert status == 1
    assert "error[bad-id]: this page is more than 100 folders deep" in text
    (root / "content/index.md").write_text(f"---\naliases: [/{'/'.join('b' * 101)}/]\n---\n")
    assert "cannot be an address of this site" in run(root, build)[0]


@pytest.mark.parametrize(
    "path", ["byline.toml", "own.ttf", "templates/own.html", "static/pipe", "content/a.md"]
)
def test_nobody_waits_for_a_pipe(path: str, tmp_path: Path) -> None:
    settings = OWN["byline.toml"] + '[media]\nfonts = ["own.ttf"]\n'
    root = write(tmp_path, {**OWN, "byline.toml": settings, "own.ttf": ""})
    (root / path).unlink(missing_ok=True)
    os.mkfifo(root / path)
    command = [sys.executable, "-c", "from byline.cli import main; main()", "check"]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False, timeout=60)
    assert "Traceback" not in done.stderr


def _codes() -> Iterator[str]:
    """Every code in the source: arguments of what makes problems."""
    for path in Path(byline.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and _name(node.func) in MAKERS:
                for value in node.args:
                    code = _text(value)
                    if CODE.fullmatch(code):
                        yield from FAMILIES[code] if "*" in code else [code]


def _name(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def _text(node: ast.expr) -> str:
    if isinstance(node, ast.JoinedStr):
        return "".join(part.value if isinstance(part, ast.Constant) else "*" for part in node.values)  # type: ignore[misc]
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def test_every_code_has_a_case() -> None:
    codes = set(_codes())
    assert len(codes) > 70
    assert codes == {case.partition(".")[0] for case in CASES}


def test_all_problems_of_all_files_are_told_at_once_and_in_the_same_order(tmp_path: Path) -> None:
    cases = [case for case in CASES if _only_content(case)]
    for at, case in enumerate(cases):
        # Each in a folder of its own: ids of their files meet, what is wrong in each file stays.
        for path in (BROKEN / case / "content").rglob("*.md"):
            kind, *rest = path.relative_to(BROKEN / case / "content").parts
            write(tmp_path, {f"content/{kind}/{at:02}/{'/'.join(rest)}": path.read_bytes()})
    text, status = run(tmp_path, "check")
    again, _ = run(tmp_path, "check")
    assert status == 1
    assert text == again
    codes = set(re.findall(r"(?:error|warning)\[([\w-]+)\]", text))
    assert {case.partition(".")[0] for case in cases} <= codes
    places = re.findall(r"^(content/\S+?):(\d+):(\d+): ", text, re.MULTILINE)
    assert [(path, int(line), int(column)) for path, line, column in places] == sorted(
        (path, int(line), int(column)) for path, line, column in places
    )


def _only_content(case: str) -> bool:
    """Mistakes of one file, whatever stands beside it."""
    code = case.partition(".")[0]
    return (
        code.startswith(("yaml-", "bad-date", "bad-timecode", "out-of-", "by-", "wrong-"))
        and "settings" not in case
    )


@pytest.fixture
def mistakes(tmp_path: Path) -> Path:
    return write(
        tmp_path,
        {
            "content/records/lamp.md": "---\ntitle: Lamp\nby: nobody\n---\n[Gone](gone, really.txt)\n",
            "content/records/moth.md": "---\ntitle: Moth\nsources: [lapm]\n---\n[Gone](gone.txt)\n",
        },
    )


def test_problems_as_json(mistakes: Path) -> None:
    text, status = run(mistakes, "check --format json")
    assert status == 1
    first, *rest = json.loads(text)["problems"]
    assert len(rest) == 2
    assert first == {
        "path": "content/records/lamp.md",
        "line": 3,
        "column": 5,
        "length": 6,
        "severity": "error",
        "code": "unknown-contributor",
        "message": 'no contributor "nobody"',
        "hint": "write contributors/ID.md, or a row in the contributors ledger",
        "excerpt": "by: nobody",
        "excerpt_column": 5,
        "related": [],
    }


def test_problems_as_workflow_commands(mistakes: Path) -> None:
    text, status = run(mistakes, "check --format github")
    assert status == 1
    command = re.compile(
        r"::(error|warning) file=content/records/\w+\.md,line=\d+,col=\d+,title=[a-z-]+::[^\n:][^\n]*"
    )
    lines = text.splitlines()
    assert len(lines) == 3
    assert all(command.fullmatch(line) for line in lines)


def test_problems_as_sarif(mistakes: Path) -> None:
    text, status = run(mistakes, "check --format sarif")
    assert status == 1
    document = json.loads(text)
    assert document["version"] == "2.1.0"
    (log,) = document["runs"]
    driver = log["tool"]["driver"]
    assert driver["name"] == "Byline"
    assert log["columnKind"] == "unicodeCodePoints"
    rules = [rule["id"] for rule in driver["rules"]]
    assert len(set(rules)) == len(rules)
    assert len(log["results"]) == 3
    for result in log["results"]:
        assert rules[result["ruleIndex"]] == result["ruleId"]
        assert result["level"] in ("error", "warning", "note", "none")
        assert result["message"]["text"]
        for location in (*result["locations"], *result["relatedLocations"]):
            _check_location(location)


def _check_location(location: dict[str, Any]) -> None:
    """3.28 to 3.30 of the standard: relative, escaped addresses; lines and columns from 1."""
    physical = location["physicalLocation"]
    uri = physical["artifactLocation"]["uri"]
    assert re.fullmatch(r"[A-Za-z0-9._~!$&'()*+,;=:@/%-]+", uri)
    assert not uri.startswith("/")
    region = physical.get("region", {"startLine": 1})
    assert region["startLine"] >= 1
    assert region.get("endColumn", 2) > region.get("startColumn", 1) >= 1


def test_sarif_has_no_region_for_a_whole_file_and_escapes_its_name(tmp_path: Path) -> None:
    write(tmp_path, {"content/records/Big Lamp.md": "---\ntitle: Lamp\n---\n"})
    text, _ = run(tmp_path, "check --format sarif")
    physical = json.loads(text)["runs"][0]["results"][0]["locations"][0]["physicalLocation"]
    assert physical == {"artifactLocation": {"uri": "content/records/Big%20Lamp.md"}}


WARNING = {"content/index.md": "---\ntitle: Lanterns\n---\n[Gone](gone.txt)\n"}


def test_warnings_do_not_fail_a_check_unless_it_is_strict(tmp_path: Path) -> None:
    write(tmp_path, WARNING)
    text, status = run(tmp_path, "check")
    assert (text.splitlines()[-1], status) == ("1 warning", 0)
    strict, status = run(tmp_path, "check --strict")
    assert (strict, status) == (text, 1)


def test_a_sound_archive_says_so(tmp_path: Path) -> None:
    write(tmp_path, {"content/index.md": "---\ntitle: Lanterns\n---\n"})
    assert run(tmp_path, "check") == ("No problems.\n", 0)


@pytest.mark.parametrize(
    "arguments",
    [
        *("chekc", "check --formt json", "check --format xml", "build extra", "new"),
        *("check --on yesterday", "check --on ٢٠٢٥-٠١-٠١"),
    ],
)
def test_wrong_use_is_status_2(arguments: str, tmp_path: Path) -> None:
    text, status = run(write(tmp_path, WARNING), arguments)
    assert status == 2
    assert text.startswith("Usage: ")


def test_a_problem_far_into_a_long_line_is_shown_around_its_place(tmp_path: Path) -> None:
    body = f"{'lamp ' * 4000}[x](record:gone){' lamp' * 4000}"
    write(tmp_path, {"content/index.md": f"---\ntitle: Lanterns\n---\n{body}\n"})
    text, _ = run(tmp_path, "check")
    _, excerpt, pointer, _ = text.splitlines()
    assert len(excerpt) < 120
    at = pointer.index("^")
    assert excerpt[at : at + 4] == "gone"


@pytest.mark.parametrize("form", ["text", "json", "github", "sarif"])
def test_names_cannot_write_to_the_terminal(form: str, tmp_path: Path) -> None:
    write(
        tmp_path,
        {"content/records.jsonl": json.dumps({"id": "lamp", "by": "\x1b[2J\u202egone", "x\x1b]0;": 1})},
    )
    text, status = run(tmp_path, f"check --format {form}")
    assert status == 1
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]", text)
