"""What could be completed: facts that are no errors."""

from pathlib import Path

import pytest

from byline.asked import Asked
from byline.checking import check, read
from byline.mentions import documents
from byline.reading import begin
from byline.renditions import referred
from byline.statistics import Statistics, sounds_like, statistics
from conftest import SETTINGS, write


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ada Example", "ADA EXAMPLE"),
        ("O'Example", "O’Example"),
        ("José Example", "Jose Example"),
        ("Ada Example", "Аdа Ехаmрlе"),  # Cyrillic letters in the second one
        ("Łucja Øde", "Lucja Ode"),
        ("J. R. Example", "JR Example"),
    ],
)
def test_names_that_one_hears_alike(one: str, other: str) -> None:
    assert one != other
    assert sounds_like(one) == sounds_like(other)


def test_names_that_are_others() -> None:
    names = ["Ada", "Adam", "🎬", "🎭", "---", "春川 潤", "春川 純"]
    assert len({sounds_like(name) for name in names}) == len(names)


def found(root: Path) -> Statistics:
    checked = check(Asked(root))
    assert checked.sound, checked.problems
    assert checked.archive is not None
    used = {path for document in documents(checked.archive.library) for path, _ in referred(document)}
    scan = read(Asked(root), begin(Asked(root)).texts()).scan
    assert scan is not None
    return statistics(checked.archive, used, scan.files)


def test_everything_worth_a_look_is_found_once(tmp_path: Path) -> None:
    picture = (Path(__file__).parents[2] / "docs" / "pictures" / "tree.png").read_bytes()
    settings = SETTINGS + '[credits]\nundeclared_roles = "warn"\n'
    root = write(
        tmp_path,
        {
            "byline.toml": settings,
            "content/contributors/ada.md": "---\nname: Ada Example\n---\n",
            "content/contributors/ada-2.md": "---\nname: ADA EXAMPLE\n---\n",
            "content/contributors/bo.md": "---\nname: Bo Example\n---\n",
            "content/records/seen/index.md": (
                "---\ntitle: Seen\nlicense: CC0-1.0\ncredits: {lamplighter: ada}\nmedia: seen.png\n---\n"
                "![described](other.png) ![](third.png)\n"
            ),
            "content/records/seen/seen.png": picture,
            "content/records/seen/other.png": picture,
            "content/records/seen/third.png": picture,
            "content/records/seen/forgotten.png": picture,
            "content/records/decoration/index.md": (
                '---\ntitle: Plain\nby: bo\nsources: [seen]\nmedia: {file: d.png, alt: ""}\n---\n'
            ),
            "content/records/decoration/d.png": picture,
            "content/records/nobody.md": "---\ntitle: Nobody\nlicense: CC0-1.0\n---\n",
        },
    )
    all_of_it = found(root)
    assert [one.text for one in all_of_it.without_alt] == ["Seen: seen.png"]
    assert [one.text for one in all_of_it.without_license] == ["Plain"]
    assert [one.text for one in all_of_it.without_credit] == ["Nobody"]
    assert [one.text for one in all_of_it.without_role] == ["Seen: lamplighter"]
    assert [[one.text for one in group] for group in all_of_it.alike] == [["Ada Example", "ADA EXAMPLE"]]
    assert {one.text for one in all_of_it.never_used} == {"Plain", "Nobody"}
    assert [one.path for one in all_of_it.unused_media] == ["content/records/seen/forgotten.png"]
    assert all(one.path for one in all_of_it.never_used)
