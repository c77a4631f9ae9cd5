"""Plans: listings have the pages that their items need; what stands by itself, and what is in the way."""

import json
import re
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from selectolax.lexbor import LexborHTMLParser as HTMLParser

from byline.asked import Asked
from byline.checking import check
from byline.collisions import collisions
from byline.pages import registry
from byline.pages.contributors import items
from byline.stages import Checked
from byline.values import Output
from conftest import Site, write

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def checked() -> Checked:
    return check(Asked(ROOT))


@pytest.mark.parametrize("kind", ["topic", "season"])
@pytest.mark.parametrize("hidden", ["draft: true", "publish: 2999-01-01"])
def test_what_is_hidden_has_no_page_whoever_names_it(kind: str, hidden: str, tmp_path: Path) -> None:
    episode = f"---\ntitle: First\n{kind}: surprise\n---\n"
    write(tmp_path, {"content/episodes/first.md": episode})
    addresses = {one.path.partition("/index.html")[0] for one in check(Asked(tmp_path)).outputs}
    assert f"{kind}s/surprise" in addresses
    write(tmp_path, {f"content/{kind}s/surprise.md": f"---\ntitle: Surprise\n{hidden}\n---\n"})
    checked = check(Asked(tmp_path))
    assert checked.sound
    assert not [one.path for one in checked.outputs if "surprise" in one.path]


@pytest.mark.parametrize("texts", ["The Dark,the dark", "The Dark,the-dark", "the-dark,The Dark"])
def test_a_topics_file_may_have_words_and_no_title(texts: str, site: Callable[..., Site]) -> None:
    episodes = {
        f"content/episodes/e{at}.md": f"---\ntitle: E{at}\nreleased: 2014-01-0{at}\ntopic: {text}\n---\n"
        for at, text in enumerate(texts.split(","), 1)
    }
    made = site({"content/topics/the-dark.md": "---\nsummary: words\n---\nIt is late.\n", **episodes})
    assert made.status == 0, made.text
    page = made.page("topics/the-dark/")
    assert all(one in page for one in (">The Dark</h1>", "It is late.", "episodes/e1/", "episodes/e2/"))
    assert '">The Dark</a>' in made.page("topics/")


def numbers(site: Site) -> dict[str, list[str]]:
    """What pages of all kinds say in numbers."""
    pages = (
        *("", "contributors", "records", "episodes", "topics", "roles", "roles/author", "seasons/one"),
        *("topics/night", "episodes/dark", "episodes/dark/tree", "episodes/dark/records", "contributors/ada"),
        *("records/r0", "records/r0/tree", "records/late0", "records/late0/tree"),
        *("lineage", "lineage/never-remixed", "lineage/travelled"),
    )
    shown = "main :is(.facts span, .numbers li, .count, .cut, .beside, .also small, .overview li, title)"
    found = {
        page: [node.text(strip=True) for node in HTMLParser(site.page(page)).css(shown)] for page in pages
    }
    return {page: [text for text in texts if re.search("[0-9]", text)] for page, texts in found.items()}


def test_tombstones_count_in_no_number(site: Callable[..., Site]) -> None:
    def rows(name: str, count: int, *sources: str, **fields: object) -> list[str]:
        some = {"title": name, "call": "dark", "sources": sources, **fields}
        return [json.dumps({"id": f"{name}{at}", **some}) for at in range(count)]

    def files(used: Sequence[str], works: Sequence[str]) -> dict[str, str]:
        said = f"{episode}\nuses: [{', '.join(used)}]"
        return {
            "content/contributors/ada.md": "---\nname: Ada Example\n---\n",
            "content/episodes/dark/index.md": f"---\ntitle: Dark\n{said}\n---\n",
            "content/records.jsonl": "\n".join(works),
        }

    episode = "season: one\ntopic: Night\nreleased: 2014"
    used, late, by = [f"d{at}" for at in range(125)], ["d0", "d1", "d2", "d3", "e0"], {"by": "ada"}
    works = [*rows("r", 1, **by), *rows("d", 125, "r0", **by), *rows("e", 5, "d0", **by)]
    before = numbers(site(files(used, [*works, *rows("late", 1, *late, **by)])))
    late += ["y0", "y1", "y2"]  # tombstones come last where all is undated: what is cut is the same
    works += [*rows("late", 1, *late, **by), *rows("z", 9, "e0", withdrawn=True)]
    works += [*rows("x", 9, "r0", withdrawn=True), *rows("y", 9, "d0", withdrawn=True)]
    gone = {
        "content/contributors/zed.md": "---\nname: Zed\nwithdrawn: true\n---\n",
        "content/episodes/gone.md": f"---\ntitle: Gone\n{episode}\nwithdrawn: true\n---\n",
        "content/episodes/dark/segments/gone.md": "---\ntitle: Gone\nwithdrawn: true\n---\n",
        "content/topics/gone.md": "---\ntitle: Gone\nwithdrawn: true\n---\n",
    }
    after = site({**files([*used, "x0"], works), **gone})
    assert after.status == 0, after.text
    assert numbers(after) == before
    assert {"+5 more", "+65 more", "+1 more"} <= {text for texts in before.values() for text in texts}


@pytest.mark.parametrize("per_page", [10, 11])
def test_credit_pages_have_room_for_all_that_they_list(per_page: int) -> None:
    checked = check(Asked(ROOT, (f"pages.per_page={per_page}",)))
    assert checked.archive is not None
    planned = Counter(output.id for output in checked.outputs if output.kind == "contributor")
    shown = [id_ for id_, one in checked.archive.library.contributors.items() if not one.withdrawn]
    assert {id_: planned[id_] for id_ in shown} == {
        id_: max(1, -(-len(items(checked.archive, id_)) // per_page)) for id_ in shown
    }
    assert max(planned.values()) > 1


def test_what_is_beside_a_document_is_found_by_its_path(checked: Checked) -> None:
    archive = checked.archive
    assert archive is not None
    apart = set(checked.apart)
    beside = [one for one in checked.outputs if one not in apart and one.kind != "sitemap"]
    assert {"record", "tree", "contributor", "card", "record-json"} <= {one.kind for one in beside}
    assert [one for one in beside if one not in registry.below(archive, one.path)] == []


@pytest.mark.parametrize(
    "meet",
    [
        lambda path: path,
        str.upper,
        lambda path: f"{path}/inside",
        lambda path: f"{path}.html",
        lambda path: path.rpartition("/")[0],
        lambda path: path.split("/")[0],
        lambda path: "/".join(path.split("/")[:2]),
        lambda path: f"{path.rpartition('/')[0]}/other",
    ],
)
def test_every_output_in_the_way_of_another_is_found(checked: Checked, meet: Callable[[str], str]) -> None:
    archive = checked.archive
    assert archive is not None
    files = {one.path.lower() for one in checked.outputs}
    folders = {path[:at] for path in files for at, char in enumerate(path) if char == "/"}
    for one in {output.kind: output for output in checked.outputs}.values():
        path = meet(one.path) or "alone"
        name = path.lower()
        above = {name[:at] for at, char in enumerate(name) if char == "/"}
        wrong = name in files or name in folders or not files.isdisjoint(above)
        found = collisions(archive, (*checked.apart, Output(path, "static", f"static/{path}")))
        assert bool(found) == wrong, path
