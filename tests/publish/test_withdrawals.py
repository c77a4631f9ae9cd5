"""A withdrawal is noticed, whatever else the same publish does, and nothing brings back what it took."""

import json
from pathlib import Path

import pytest

from publish.conftest import CONTENT, Show, in_folder

WITHDRAWN = "---\ntitle: {}\nby: cleo\nwithdrawn: true\n---\n"
UNUSED = str(CONTENT["content/episodes/first/index.md"]).replace("[lamp, tune]", "[lamp]")
USED = '\n[pages]\nrecords = "used"\n'


@pytest.fixture
def show(tmp_path: Path) -> Show:
    """A site in a folder, with a withdrawn record that has no page."""
    made = Show(tmp_path / "show", f'to = "folder"\npath = "{tmp_path / "www"}"\n{USED}')
    made.write({"content/records/b-old.md": WITHDRAWN.format("Old")})
    made.publish()
    return made


def tells(www: Path) -> list[str]:
    """The files on the host that still hold what the record said."""
    return [path for path, data in in_folder(www).items() if b"Hummed twice" in data]


@pytest.mark.parametrize("old", [False, True], ids=["", "record of before"])
def test_a_withdrawal_is_noticed_beside_one_that_is_deleted(old: bool, show: Show, tmp_path: Path) -> None:
    www = tmp_path / "www"
    assert tells(www)
    if old:  # as it was written when withdrawn documents without a page were only counted
        record = json.loads((www / ".byline/state.json").read_text())
        del record["current"]["marks"]
        (www / ".byline/state.json").write_text(json.dumps(record, separators=(",", ":")))
    show.write(
        {
            "content/records/tune.md": WITHDRAWN.format("Tune"),
            "content/episodes/first/index.md": UNUSED,
        }
    )
    (show.root / "content/records/b-old.md").unlink()
    said = show.publish()
    assert "earlier releases are deleted" in said
    assert "https://lanterns.test/archive/records/tune/" in said
    assert tells(www) == []
    assert "something was withdrawn since" in show("publish --rollback")[0]


def test_a_withdrawal_that_changes_no_file_deletes_earlier_releases(show: Show, tmp_path: Path) -> None:
    show.write(
        {
            "content/records/tune.md": "---\ntitle: Tune\n---\nHummed twice.\n",
            "content/episodes/first/index.md": UNUSED,
        }
    )
    show.publish()
    kept = tells(tmp_path / "www")
    assert kept
    assert [path for path in kept if not path.startswith(".byline/kept/")] == []
    show.write(  # the front page counts records
        {
            "content/records/tune.md": "---\ntitle: Tune\nwithdrawn: true\n---\n",
            "content/records/new.md": "---\ntitle: New\n---\n",
        }
    )
    said = show.publish()
    assert "0 files new, 0 changed" in said
    assert "earlier releases are deleted" in said
    assert tells(tmp_path / "www") == []


@pytest.mark.parametrize("hidden", ["draft: true", "publish: 2999-01-01"])
def test_a_withdrawal_that_is_not_even_told_deletes_earlier_releases(
    hidden: str, show: Show, tmp_path: Path
) -> None:
    """Where the id itself would say too much, the guide says, the document is a draft too."""
    www = tmp_path / "www"
    show.write(
        {
            "content/records/tune.md": str(CONTENT["content/records/tune.md"]).replace(
                "by:", "aliases: [hum]\nby:"
            )
        }
    )
    show.publish()
    show.write(
        {
            "content/records/tune.md": f"---\ntitle: Tune\naliases: [hum]\nwithdrawn: true\n{hidden}\n---\n",
            "content/episodes/first/index.md": UNUSED,
            "content/contributors/cleo.md": f'---\nname: ""\nwithdrawn: true\n{hidden}\n---\n',
        }
    )
    text, status = show(f"check --against {www / '.byline/state.json'}")
    assert (status, "lost-address" in text) == (0, False), text
    assert "earlier releases are deleted" in show.publish()
    files = in_folder(www)
    assert not [path for path, data in files.items() if b"Hummed twice" in data or b"Leaving" in data]
    assert not [path for path in files if "tune/" in path or "cleo/" in path]
    assert "something was withdrawn since" in show("publish --rollback")[0]
    assert "earlier releases are deleted" not in show.publish()


def test_what_was_withdrawn_long_ago_is_no_withdrawal(show: Show, tmp_path: Path) -> None:
    (show.root / "content/records/b-old.md").unlink()
    show.write({"content/episodes/first/index.md": UNUSED})
    assert "withdrawn" not in show.publish()
    assert b"b-old" not in (tmp_path / "www/.byline/state.json").read_bytes()
    show.publish("--rollback")
    assert "records/tune/index.html" in tells(tmp_path / "www")
