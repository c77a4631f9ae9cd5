"""Everything stands in the order that its editor wrote, else in running order, by date, or by name."""

import re
from collections.abc import Callable

from conftest import Site

Make = Callable[..., Site]


def listed(page: str, folder: str) -> list[str]:
    """The ids below a folder that a list of a page leads to, in its order."""
    return re.findall(rf'href="[./]*{folder}/([a-z-]+)/"', page)


def test_segments_run_by_number_then_time_then_file(site: Make) -> None:
    segments = {
        "10-tenth": "",
        "02-second": "",
        "00-zeroth": "",
        "07-moved": "order: 1",
        "later": 'starts: "0:30"',
        "opening": 'starts: "0:00"',
        "sooner": 'starts: "0:10"',
        "b-plain": "",
        "a-plain": "",
    }
    folder = "content/episodes/dark"
    files = {
        f"{folder}/segments/{name}.md": f"---\n{more}\n---\nA text.\n" for name, more in segments.items()
    }
    made = site({f"{folder}/index.md": "---\ntitle: Dark\n---\n", **files})
    assert made.status == 0, made.text
    assert listed(made.page("episodes/dark"), "episodes/dark") == [
        "zeroth", "moved", "second", "tenth", "opening", "sooner", "later", "a-plain", "b-plain",
    ]  # fmt: skip


def test_seasons_stand_by_number_then_those_with_a_label_then_others_the_last_one_first(site: Make) -> None:
    numbers = {"a": "10", "b": "2", "c": "1.5", "z": '"p01"', "y": '"p02"', "k": "", "j": ""}
    files = {}
    for id_, number in numbers.items():
        more = f"number: {number}\n" if number else ""
        files[f"content/seasons/{id_}.md"] = f"---\ntitle: Season {id_}\n{more}---\n"
        files[f"content/episodes/e{id_}/index.md"] = f"---\ntitle: Episode {id_}\nseason: {id_}\n---\n"
    made = site(files)
    assert made.status == 0, made.text
    seasons = made.page("").partition('<h2 id="seasons">')[2]
    assert listed(seasons, "seasons") == ["k", "j", "z", "y", "a", "b", "c"]


def test_records_stand_by_date_then_id(site: Make) -> None:
    rows = ["c,2014-02-02", "a,2014-02-02", "b,2014-02-02T10:00:00Z", "d,2014", "e,", "f,2013-12-31"]
    made = site({"content/records.csv": "id,date\n" + "\n".join(rows) + "\n"})
    assert made.status == 0, made.text
    assert listed(made.page("records"), "records") == ["e", "f", "d", "a", "c", "b"]


def test_the_front_page_leads_to_seasons_that_are_not_withdrawn(site: Make) -> None:
    files = {
        "content/seasons/one.md": "---\ntitle: The First\n---\n",
        "content/seasons/two.md": "---\ntitle: The Second\nwithdrawn: true\n---\n",
        "content/episodes/dark/index.md": "---\ntitle: Dark\nseason: one\n---\n",
        "content/episodes/light/index.md": "---\ntitle: Light\nseason: two\n---\n",
    }
    made = site(files)
    assert made.status == 0, made.text
    assert listed(made.page("").partition('<h2 id="seasons">')[2], "seasons") == ["one"]
    assert "two" in listed(made.page("episodes/light"), "seasons")  # where it is said that it is gone
