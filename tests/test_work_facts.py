"""index.json beside records, episodes and segments: what the page says, whole, by a published schema."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from selectolax.lexbor import LexborHTMLParser as HTMLParser

from byline.asked import Asked
from byline.build import build

URL = "https://show.example/archive/"
FILES = {
    "byline.toml": f'[archive]\ntitle = "Lanterns"\nbase_url = "{URL}"\nlicense = "CC-BY-4.0"\n',
    "content/contributors.jsonl": '{"id": "ann", "name": "Ann Example"}\n'
    '{"id": "gone", "name": "Vanished Person", "withdrawn": true}\n',
    "content/records.jsonl": '{"id": "idea", "title": "An idea <1>", "by": ["ann", "gone"], "date": "2013"}\n'
    '{"id": "taken", "title": "Taken back", "by": "ann", "sources": ["idea"], "withdrawn": true}\n'
    '{"id": "song", "by": "ann", "sources": [{"record": "taken", "kind": "sample", "at": "00:05"}, '
    '{"title": "A folk tune", "by": "Nobody", "license": "CC0-1.0"}], "tags": ["loud"]}\n',
    "content/seasons/s1.md": "---\ntitle: Season\n---\n",
    "content/episodes/dark/index.md": "---\ntitle: The Dark\nseason: s1\nnumber: 1\nreleased: 2014-01-02\n"
    "runtime: 22:00\ntopic: Night\ncredits: {host: [ann, gone]}\n---\n",
    "content/episodes/dark/segments/01-storm.md": "---\ntitle: Storm\nstarts: 01:00\nends: 02:00\n"
    "uses: [{record: song, at: 01:08, as: the tune}]\n---\n",
}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(tmp_path_factory.mktemp("work"))


def made(root: Path, settings: str = "") -> Path:
    for name, text in FILES.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text + (settings if name == "byline.toml" else ""), "utf-8")
    built = build(Asked(root, on="2015-01-01"), root / "site")
    assert built.done, built.located
    return root / "site"


def facts(site: Path, path: str) -> Any:
    return json.loads((site / path / "index.json").read_text("utf-8"))


def test_every_page_of_a_work_has_its_facts_by_the_schema_and_leads_to_them(site: Path) -> None:
    schema = json.loads((site / "schema/work.json").read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    paths = ["records/idea", "records/taken", "records/song", "episodes/dark", "episodes/dark/storm"]
    for path in paths:
        found = facts(site, path)
        jsonschema.validate(found, schema)
        assert (found["$schema"], found["url"]) == (URL + "schema/work.json", f"{URL}{path}/")
        page = HTMLParser((site / path / "index.html").read_text("utf-8"))
        link = page.css_first('link[rel="alternate"][type="application/json"]')
        assert link is not None
        assert (site / path / str(link.attributes["href"])).resolve() == (
            site / path / "index.json"
        ).resolve()


def test_a_record_says_where_it_comes_from_and_where_it_went(site: Path) -> None:
    song = facts(site, "records/song")
    assert (song["type"], song["kind"], song["title"], song["tags"]) == (
        "record",
        "text",
        "Untitled text",
        ["loud"],
    )
    assert song["license"] == {"name": "CC-BY-4.0", "url": "https://creativecommons.org/licenses/by/4.0/"}
    assert [source["title"] for source in song["sources"]] == ["Taken back", "A folk tune"]
    assert (song["sources"][0]["kind"], song["sources"][0]["at"]) == ("sample", {"ms": 5000, "text": "0:05"})
    assert song["sources"][1]["license"]["name"] == "CC0-1.0"
    assert song["seen_in"] == [{"id": "dark/storm", "title": "Storm", "url": URL + "episodes/dark/storm/"}]
    # Tombstones count in no number.
    assert (song["before"], facts(site, "records/idea")["after"]) == (1, 1)
    assert [record["id"] for record in facts(site, "records/idea")["derived"]] == ["taken"]


def test_an_episode_tells_everybody_and_why(site: Path) -> None:
    dark = facts(site, "episodes/dark")
    assert (dark["number"], dark["runtime"], dark["date"]) == ("1", 1_320_000, "2014-01-02")
    assert (dark["season"]["id"], dark["topic"]["title"], dark["segments"][0]["id"]) == (
        "s1",
        "Night",
        "dark/storm",
    )
    told = {(entry["person"].get("id"), entry["reason"], entry["role"]["id"]) for entry in dark["credits"]}
    assert told == {
        ("ann", "named", "host"),
        (None, "named", "host"),
        ("ann", "used", "author"),
        ("ann", "source", "author"),
        (None, "source", "author"),
    }
    path = next(entry["path"] for entry in dark["credits"] if entry["reason"] == "source")
    assert [step["id"] for step in path] == ["idea", "taken", "song"]
    storm = facts(site, "episodes/dark/storm")
    assert (storm["starts"], storm["ends"], storm["episode"]["id"]) == (60_000, 120_000, "dark")
    assert storm["uses"][0]["at"] == {"ms": 68_000, "text": "1:08"}
    assert storm["uses"][0]["as"] == "the tune"


def test_who_and_what_is_gone_says_nothing_of_itself(site: Path) -> None:
    taken = facts(site, "records/taken")
    assert taken["withdrawn"] is True
    assert not {"credits", "license", "media", "summary", "date"} & set(taken)
    assert [source["id"] for source in taken["sources"]] == ["idea"]
    people = [entry["person"] for entry in facts(site, "records/idea")["credits"]]
    assert people == [
        {"id": "ann", "name": "Ann Example", "url": URL + "contributors/ann/"},
        {"withdrawn": True},
    ]
    for path in site.rglob("index.json"):
        assert b"Vanished" not in path.read_bytes()
        assert b"gone" not in path.read_bytes()


def test_the_switch_leaves_them_out(tmp_path: Path) -> None:
    site = made(tmp_path, '[pages]\njson = "none"\n')
    assert list(site.rglob("index.json")) == []
    assert not (site / "schema/work.json").exists()
    assert "index.json" not in (site / "records/idea/index.html").read_text("utf-8")


def test_a_very_long_way_to_the_screen_is_told_by_its_ends(tmp_path: Path) -> None:
    lines = [
        {"id": f"r{n:02}", "by": f"p{n:02}", "sources": [f"r{n - 1:02}"] if n else []} for n in range(40)
    ]
    for name, text in {
        "byline.toml": FILES["byline.toml"],
        "content/contributors.jsonl": "".join(
            json.dumps({"id": f"p{n:02}", "name": f"Maker {n}"}) + "\n" for n in range(40)
        ),
        "content/records.jsonl": "".join(json.dumps(line) + "\n" for line in lines),
        "content/episodes/dark/index.md": "---\ntitle: The Dark\nuses: [r39]\n---\n",
    }.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    built = build(Asked(tmp_path, on="2015-01-01"), tmp_path / "site")
    assert built.done, built.located
    site = tmp_path / "site"
    ends = [f"r{n:02}" for n in (0, 1, 2, 3, 4, 35, 36, 37, 38, 39)]
    entry = next(one for one in facts(site, "episodes/dark")["credits"] if one["person"]["id"] == "p00")
    assert ([step["id"] for step in entry["path"]], entry["skipped"]) == (ends, 30)
    jsonschema.validate(facts(site, "episodes/dark"), json.loads((site / "schema/work.json").read_text()))
    page = HTMLParser((site / "episodes/dark/index.html").read_text("utf-8"))
    steps = page.css("#credit-source-author-p00 .path li")
    hrefs = [str(step.css_first("a").attributes["href"]) for step in steps]  # type: ignore[union-attr]
    assert [href.split("records/")[1].strip("/") for href in hrefs] == [*ends[:5], "r00/tree", *ends[5:]]
    assert steps[5].text(strip=True) == "+30 more"
    short = page.css("#credit-source-author-p28 .path li")
    assert len(short) == 12
    assert not any("more" in step.text() for step in short)
