"""What others do to files on a host: it is never written over unasked, and can be mended."""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from publish.conftest import EDIT, WITHDRAWAL, Show, in_folder

PAGE = "records/lamp/index.html"
EPISODE = "episodes/first/index.html"
PLACES = ["folder", "ssh"]


@pytest.fixture(params=PLACES)
def show(request: pytest.FixtureRequest, tmp_path: Path) -> Show:
    """A published site, in the folder `www`."""
    deploy = f'to = "folder"\npath = "{tmp_path / "www"}"'
    if request.param == "ssh":
        port = request.getfixturevalue("sshd")
        deploy = f'to = "ssh"\nremote = "root@127.0.0.1:{tmp_path / "www"}"\nport = {port}'
    made = Show(tmp_path / "show", deploy)
    made.publish()
    return made


def test_what_was_damaged_is_mended_by_taking_over(show: Show, tmp_path: Path) -> None:
    www = tmp_path / "www"
    whole = (www / PAGE).read_bytes()
    (www / PAGE).unlink()
    (www / EPISODE).write_text("changed by hand")
    text, status = show(f"verify {www}")
    assert (status, f"{PAGE}: is not there" in text) == (1, True)
    (www / PAGE).write_bytes(whole)
    assert show(f"verify {www}")[0].endswith(" files, 1 fault\n")
    (www / PAGE).unlink()
    said = show.publish("--take-over --dry-run")
    assert [line for line in said.splitlines() if line[0] in "+~-"] == [f"~ {EPISODE}", f"~ {PAGE}"]
    assert "0 files new, 2 changed, 0 deleted" in show.publish("--take-over")
    assert (www / PAGE).read_bytes() == whole
    assert show(f"verify {www}")[1] == 0
    assert "0 files new, 0 changed, 0 deleted" in show.publish("--take-over")


@pytest.mark.parametrize("damage", ["changed", "deleted"])
def test_a_way_back_that_would_not_be_whole_is_refused(damage: str, show: Show, tmp_path: Path) -> None:
    www = tmp_path / "www"
    if damage == "changed":
        (www / EPISODE).write_text("changed by hand")
    else:
        (www / EPISODE).unlink()
    show.write(EDIT)
    show.publish()
    text, status = show("publish --rollback")
    assert (status, f"{EPISODE} is not kept on the host as it was" in text) == (1, True)
    assert "And good night" in (www / EPISODE).read_text("utf-8")
    assert show(f"verify {www}")[1] == 0


def test_what_others_put_where_new_files_come_is_not_written_over(show: Show, tmp_path: Path) -> None:
    theirs = tmp_path / "www" / "pages-of-ours" / "index.html"
    page = {"content/pages/pages-of-ours.md": "---\ntitle: Ours\n---\n"}
    theirs.parent.mkdir()
    theirs.write_text("somebody's page")
    show.write(page)
    for options in ("", "--dry-run"):
        text, status = show(f"publish {options}")
        assert status == 1
        assert "that Byline did not put there, first pages-of-ours/index.html" in text
    assert theirs.read_text() == "somebody's page"
    show.publish("--take-over")
    assert "Ours" in theirs.read_text("utf-8")
    (show.root / "content/pages/pages-of-ours.md").unlink()
    show.publish()
    theirs.parent.mkdir()
    theirs.write_text("somebody's page")
    text, status = show("publish --rollback")
    assert (status, "did not put there, first pages-of-ours/index.html" in text) == (1, True)
    assert theirs.read_text() == "somebody's page"
    show.publish("--rollback --take-over")
    assert "Ours" in theirs.read_text("utf-8")


def test_everybody_may_read_a_folder_whatever_the_umask(tmp_path: Path) -> None:
    show = Show(tmp_path / "show", f'to = "folder"\npath = "{tmp_path / "www"}"')
    before = os.umask(0o077)
    try:
        show.publish()
        show.write(EDIT)
        show.publish()
    finally:
        os.umask(before)
    for path in (tmp_path / "www", *(tmp_path / "www").rglob("*")):
        assert path.stat().st_mode & 0o777 == (0o755 if path.is_dir() else 0o644), path


def test_nothing_half_stays_on_the_host(show: Show, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither of a publish that failed, nor, after the next, of one that was killed."""
    record = tmp_path / "www" / ".byline"
    show.write(EDIT)
    ssh = 'to = "ssh"' in (show.root / "byline.toml").read_text()
    if not ssh:

        def full(_source: Path, target: Path) -> None:
            target.write_bytes(b"Hummed")
            raise OSError(28, "No space left on device")

        with monkeypatch.context() as patched:
            patched.setattr(shutil, "copyfile", full)
            text, status = show("publish")
            assert (status, "No space left" in text) == (1, True)
        assert sorted(path.name for path in record.iterdir()) == ["kept", "state.json"]
    show.publish()
    left = {".byline/.tune.mp3.a1B2c3", ".byline/copy.123"} if ssh else {".byline/new-123"}
    for name in left:
        (tmp_path / "www" / name).write_bytes(b"Hummed")
    text, status = show(f"verify {tmp_path / 'www'}")
    assert status == 1
    assert {line.partition(":")[0] for line in text.splitlines() if "nobody published this" in line} == left
    show.write(WITHDRAWAL)
    show.publish()
    assert [path.name for path in record.iterdir()] == ["state.json"]


LIES: dict[str, Callable[[dict[str, Any]], Any]] = {
    "a file above": lambda files: files | {"../theirs.txt": ["00", 6, ""]},
    "a file elsewhere": lambda files: files | {"{elsewhere}": ["00", 6, ""]},
    "a name in two lines": lambda files: files | {"a\n../theirs.txt": ["00", 6, ""]},
    "a copy above": lambda files: files | {PAGE: ["../../theirs.txt", 6, ""]},
}


@pytest.mark.parametrize("lie", LIES)
def test_a_record_cannot_reach_out_of_the_site(lie: str, show: Show, tmp_path: Path) -> None:
    """Whoever can write on the host can write a record; a publish has more rights than they."""
    theirs = tmp_path / "theirs.txt"
    theirs.write_text("Hummed")
    record = tmp_path / "www" / ".byline/state.json"
    told = json.loads(record.read_bytes())
    lies = LIES[lie](told["current"]["files"])
    told["current"]["files"] = {path.replace("{elsewhere}", str(theirs)): one for path, one in lies.items()}
    record.write_text(json.dumps(told, separators=(",", ":")))
    show.write(EDIT)
    for command in ("publish", "publish --rollback", "publish --take-over"):
        text, status = show(command)
        assert (status, "the record" in text) == (1, True), (command, text)
    assert theirs.read_text() == "Hummed"
    assert not [
        one for one in (tmp_path / "www").rglob("*") if one.is_file() and one.read_bytes() == b"Hummed"
    ]


RECORDS = {
    "cut short": lambda data: data[: len(data) // 2],
    "no text": lambda data: b"\xff" + data,
    "a newer one": lambda data: data.replace(b'"format":1', b'"format":2').replace(
        b'"past":[', b'"past":["new",'
    ),
}


@pytest.mark.parametrize("how", RECORDS)
def test_a_record_that_cannot_be_used_is_refused_with_a_way_out(how: str, show: Show, tmp_path: Path) -> None:
    www = tmp_path / "www"
    show.write(EDIT)
    show.publish()
    record = www / ".byline/state.json"
    record.write_bytes(RECORDS[how](record.read_bytes()))
    before = in_folder(www)
    way = (
        "written by a newer Byline; publish with that"
        if how == "a newer one"
        else "; delete it there, then publish"
    )
    for command in ("publish", "publish --rollback", "publish --take-over", f"verify {www}", "plan"):
        assert way in show(command)[0], command
    assert in_folder(www) == before
    record.unlink()
    show.write(WITHDRAWAL)
    show.publish("--take-over")
    assert not (www / ".byline/kept").exists()


def test_a_link_on_the_host_is_not_kept_for_a_way_back(show: Show, tmp_path: Path) -> None:
    (tmp_path / "theirs.txt").write_text("Hummed")
    place = tmp_path / "www" / EPISODE
    place.unlink()
    place.symlink_to(tmp_path / "theirs.txt")
    show.write(EDIT)
    show.publish()
    assert not [
        one for one in (tmp_path / "www").rglob("*") if one.is_file() and one.read_bytes() == b"Hummed"
    ]
    assert (tmp_path / "theirs.txt").read_text() == "Hummed"


def test_a_file_and_a_folder_change_places(show: Show, tmp_path: Path) -> None:
    www = tmp_path / "www"
    forms = ({"talk": "a file"}, {"talk/notes/one.txt": "in a folder"}, {"talk": "a file again"})
    for number, files in enumerate(forms):
        shutil.rmtree(show.root / "static")
        show.write({f"static/{path}": text for path, text in files.items()})
        show.publish()
        for path, text in files.items():
            assert (www / path).read_text() == text
        if number:
            show.publish("--rollback")
            for path, text in forms[number - 1].items():
                assert (www / path).read_text() == text
            show.publish("--rollback")
    assert show(f"verify {www}")[1] == 0


@pytest.mark.parametrize(("theirs", "ours"), [("talk", "talk/one.txt"), ("talk/deep/theirs", "talk")])
def test_what_others_put_in_the_way_of_a_folder_or_a_file_stays_until_somebody_takes_over(
    theirs: str, ours: str, show: Show, tmp_path: Path
) -> None:
    www = tmp_path / "www"
    (www / theirs).parent.mkdir(parents=True, exist_ok=True)
    (www / theirs).write_text("somebody's")
    show.write({f"static/{ours}": "ours"})
    for options in ("", "--dry-run"):
        text, status = show(f"publish {options}")
        assert (status, f"that Byline did not put there, first {theirs};" in text) == (1, True), text
    assert (www / theirs).read_text() == "somebody's"
    assert show(f"verify {www}")[0].count("\n") == 2, "nothing was begun"
    show.publish("--take-over")
    assert (www / ours).read_text() == "ours"
    assert show(f"verify {www}")[1] == 0


def test_a_folder_in_the_place_of_a_file_that_goes_is_somebody_elses(show: Show, tmp_path: Path) -> None:
    place = tmp_path / "www" / "talk.txt"
    show.write({"static/talk.txt": "ours"})
    show.publish()
    place.unlink()
    place.mkdir()
    (place / "theirs").write_text("somebody's")
    (show.root / "static/talk.txt").unlink()
    show.publish()
    assert (place / "theirs").read_text() == "somebody's"


@pytest.mark.parametrize("change", [EDIT, WITHDRAWAL])
def test_nothing_is_written_or_deleted_through_a_link_in_the_place_of_a_folder(
    change: dict[str, str | bytes], show: Show, tmp_path: Path
) -> None:
    www, elsewhere = tmp_path / "www", tmp_path / "elsewhere"
    for name in ("records", "episodes"):
        shutil.move(www / name, elsewhere / name)
        (www / name).symlink_to(elsewhere / name)
    before = in_folder(elsewhere)
    show.write(change)
    text, status = show("publish")
    assert (status, "that Byline did not put there, first episodes;" in text) == (1, True), text
    (show.root / "content/records/lamp.md").unlink()
    show.write({"content/episodes/first/index.md": "---\ntitle: First light\nreleased: 2014-11-02\n---\n"})
    show.publish("--take-over")
    assert in_folder(elsewhere) == before
    assert not (www / "episodes").is_symlink()
    assert show(f"verify {www}")[1] == 0
