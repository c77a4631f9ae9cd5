"""index.json beside records, episodes and segments: what the page says, whole, by a published schema."""

import io
import json
from pathlib import Path
from typing import Any

import jsonschema
import msgspec
import pytest
from PIL import Image
from selectolax.lexbor import LexborHTMLParser as HTMLParser

import conftest
from byline.asked import Asked
from byline.build import build
from byline.pages import views
from byline.pages.facts import CreditsFile
from byline.pages.work_facts import WorkFile

# MPEG 1, layer 3, 32 kbit/s, mono: twenty frames of nothing.
SILENCE = (b"\xff\xfb\x10\xc4" + bytes(100)) * 20
URL = "https://show.example/archive/"
FILES = {
    "byline.toml": f'[archive]\ntitle = "Lanterns"\nbase_url = "{URL}"\nlicense = "CC-BY-4.0"\n',
    "content/contributors.jsonl": '{"id": "ann", "name": "Ann Example"}\n'
    '{"id": "gone", "name": "Vanished Person", "withdrawn": true}\n',
    "content/records.jsonl": '{"id": "idea", "title": "An idea <1>", "by": ["ann", "gone"], "date": "2013"}\n'
    '{"id": "taken", "title": "Taken back", "by": "ann", "sources": ["idea"], '
    '"withdrawn": {"on": "2014-05", "by": "law", "note": "A name."}, "body": "Lost words.", "call": "dark"}\n'
    '{"id": "song", "by": "ann", "sources": [{"record": "taken", "kind": "sample", "at": "00:05"}, '
    '{"title": "A folk tune", "by": "Nobody", "license": "CC0-1.0"}], "tags": ["loud"]}\n',
    "content/seasons/s1.md": "---\ntitle: Season\n---\n",
    "content/episodes/dark/index.md": "---\ntitle: The Dark\nseason: s1\nnumber: 1\nreleased: 2014-01-02\n"
    "runtime: 22:00\ntopic: Night\ncredits: {host: [ann, gone]}\n---\n",
    "content/episodes/dark/segments/01-storm.md": "---\ntitle: Storm\nstarts: 01:00\nends: 02:00\n"
    "uses: [{record: song, at: 01:08, as: the tune}]\n---\n",
    "content/episodes/dark/segments/02-calm.md": "---\ntitle: Calm\nuses: taken\n---\n",
    "content/episodes/dark/segments/03-flood.md": "---\ntitle: Flood\nwithdrawn: true\n---\n",
}


def picture() -> bytes:
    drawn = io.BytesIO()
    Image.new("RGB", (40, 30), "navy").save(drawn, "png")
    return drawn.getvalue()


PICTURE = picture()


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
    assert [source.get("withdrawn", False) for source in song["sources"]] == [True, False]
    assert (song["sources"][0]["kind"], song["sources"][0]["at"]) == ("sample", {"ms": 5000, "text": "0:05"})
    assert song["sources"][1]["license"]["name"] == "CC0-1.0"
    assert song["seen_in"] == [{"id": "dark/storm", "title": "Storm", "url": URL + "episodes/dark/storm/"}]
    # Tombstones count in no number.
    assert (song["before"], facts(site, "records/idea")["after"]) == (1, 1)
    assert [record["id"] for record in facts(site, "records/idea")["derived"]] == ["taken"]


def test_a_record_was_seen_where_its_page_and_its_file_say(tmp_path: Path) -> None:
    uses = "media: https://media.example/dark.mp3\nuses: [{record: song, at: 2:00}]\n"
    files = {**FILES, "content/episodes/dark/index.md": f"---\ntitle: The Dark\n{uses}---\n"}
    site = conftest.build(conftest.write(tmp_path, files), tmp_path / "site")
    assert site.status == 0, site.text
    seen = [place["id"] for place in facts(site.output, "records/song")["seen_in"]]
    aired = HTMLParser(site.page("records/song")).css("[aria-labelledby=aired] li")
    links = [str(row.css(".title a")[0].attributes["href"]) for row in aired]
    assert seen == ["dark", "dark/storm"]
    assert links == ["../../episodes/dark/", "../../episodes/dark/storm/"]
    clock = aired[0].css(".clock a")[0]
    assert (clock.text(), clock.attributes["href"]) == ("2:00", "https://media.example/dark.mp3#t=120")


@pytest.mark.parametrize(
    ("at", "fragment"),
    [("1:02:03.456", "3723.456"), ("300:00:00", "1080000"), ("0:00.050", "0.05"), ("1:40", "100")],
)
def test_a_player_is_led_to_the_very_millisecond(at: str, fragment: str, tmp_path: Path) -> None:
    uses = f"media: https://media.example/dark.mp3\nuses: [{{record: song, at: '{at}'}}]\n"
    files = {**FILES, "content/episodes/dark/index.md": f"---\ntitle: The Dark\n{uses}---\n"}
    site = conftest.build(conftest.write(tmp_path, files), tmp_path / "site")
    clock = HTMLParser(site.page("records/song")).css("[aria-labelledby=aired] .clock a")[0]
    assert clock.attributes["href"] == f"https://media.example/dark.mp3#t={fragment}"


def test_an_episode_tells_everybody_and_why(site: Path) -> None:
    dark = facts(site, "episodes/dark")
    assert (dark["number"], dark["runtime"], dark["date"]) == ("1", 1_320_000, "2014-01-02")
    assert (dark["season"]["id"], dark["topic"]["title"], dark["segments"][0]["id"]) == (
        "s1",
        "Night",
        "dark/storm",
    )
    page = HTMLParser((site / "episodes/dark/index.html").read_text("utf-8"))
    shown = page.css("[aria-labelledby=segments] .running > li")
    assert [(one["title"], one.get("withdrawn", False)) for one in dark["segments"]] == [
        (row.css(".title a")[0].text(), row.attributes.get("class") == "gone") for row in shown
    ]
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


def test_roles_outside_the_vocabulary_come_behind_it_by_their_first_credits(tmp_path: Path) -> None:
    lines = '{"id": "song", "credits": {"zither": "ann", "bellows": "ann", "vocalist": "ann"}}\n'
    files = {
        "byline.toml": FILES["byline.toml"] + '[credits]\nundeclared_roles = "warn"\n',
        "content/contributors.jsonl": FILES["content/contributors.jsonl"],
        "content/records.jsonl": lines,
        "content/episodes/dark/index.md": "---\ntitle: The Dark\nuses: song\n---\n",
    }
    site = conftest.build(conftest.write(tmp_path, files), tmp_path / "site")
    assert site.status == 0, site.text
    roles = [entry["role"]["id"] for entry in facts(site.output, "episodes/dark")["credits"]]
    assert roles == ["vocalist", "zither", "bellows"]


def test_who_and_what_is_gone_says_nothing_of_itself(site: Path) -> None:
    taken = facts(site, "records/taken")
    assert taken["withdrawn"] == {"on": "2014-05", "by": "law", "note": "A name."}
    assert not {"body", "credits", "license", "media", "summary", "date"} & set(taken)
    assert [source["id"] for source in taken["sources"]] == ["idea"]
    page = HTMLParser((site / "records/taken/index.html").read_text("utf-8"))
    assert taken["call"]["title"] == page.css(".facts a")[0].text() == "The Dark"
    assert taken["seen_in"][0]["title"] == page.css("[aria-labelledby=aired] .title a")[0].text() == "Calm"
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


def test_a_licence_without_an_address_is_told_with_its_text_by_its_work(tmp_path: Path) -> None:
    licenses = (
        '[licenses.Lamp]\ntitle = "The Lamp Licence"\ntext = "Ask first.\\n\\nThen <light> it."\n'
        '[licenses.Moth]\ntitle = "The Moth Licence"\ntext = "Fly."\nurl = "https://moth.example/"\n'
    )
    files = {
        "byline.toml": conftest.SETTINGS + licenses,
        "content/episodes/dark.md": "---\ntitle: Dark\nlicense: LicenseRef-Lamp\n---\n",
        "content/records/spark.md": "---\ntitle: Spark\nlicense: licenseref-lamp\n---\n",
        "content/records/both.md": "---\ntitle: Both\nlicense: LicenseRef-Lamp OR CC0-1.0\n---\n",
        "content/records/moth.md": "---\ntitle: Moth\nlicense: LicenseRef-Moth\n---\n",
    }
    made = conftest.build(conftest.write(tmp_path, files), tmp_path / "site")
    assert made.status == 0, made.text
    text = "Ask first.\n\nThen <light> it."
    schema = json.loads((made.output / "schema/work.json").read_text("utf-8"))
    for path in ("episodes/dark", "records/spark"):
        told = facts(made.output, path)
        jsonschema.validate(told, schema)
        assert told["license"] == {"name": "The Lamp Licence", "text": text}
        page = HTMLParser(made.page(path))
        assert page.css_first(".terms summary").text().strip() == "The Lamp Licence"
        assert [one.text() for one in page.css(".terms p")] == [text]
    assert facts(made.output, "records/both")["license"]["text"] == text
    assert HTMLParser(made.page("records/both")).css_first(".terms p b").text() == "The Lamp Licence"
    assert facts(made.output, "records/moth")["license"] == {
        "name": "The Moth Licence",
        "url": "https://moth.example/",
    }
    assert "Fly." not in made.page("records/moth")
    assert "Ask first." not in made.page("records")


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


WHOLE: dict[str, str | bytes] = {
    "byline.toml": FILES["byline.toml"],
    "content/contributors/ann.md": "---\nname: Ann Example\npronouns: she/her\nalso_credited_as: A. E.\n"
    "avatar: face.png\nlinks: [{label: Home, url: https://ann.example/, me: true}]\nlanguage: fr\n"
    "summary: Draws.\nidentifiers: {orcid: 0000-0002-1825-0097}\nin_memoriam: 2015\n"
    "corrections: [{on: 2014-01, note: Spelled right.}]\n---\nDrew [Spark](record:spark).\n",
    "content/contributors/crew.md": "---\nname: Crew\nkind: group\nmembers: [ann, gone]\n---\n",
    "content/contributors/gone.md": "---\nname: Vanished Person\nwithdrawn: true\n---\n",
    "content/topics/night.md": "---\ntitle: Night\nsuggested_by: ann\n---\n",
    "content/records/spark/index.md": "---\ntitle: Spark & fire\nsummary: A start.\nby: [ann, gone]\n"
    "url: https://first.example/1\nhearts: 7\nhearts_on: 2014-03-01\n"
    "corrections: [{on: 2015, note: A date.}]\n"
    "media: [{file: a.mp3, poster: face.png, captions: {en: a.vtt}, transcript: a.txt, credit: Ann, "
    "license: CC0-1.0}]\n---\nSee [us](page:about), [the **dark**](episode:dark), [](contributor:gone) "
    'and [notes](a.txt).\n\n![](record:song)\n\n![A face](face.png) ![A "face"](face.png)\n\n'
    "![](https://else.example/b.mp4)\n",
    "content/records/song.md": "---\ntitle: Song\nby: gone\nlicense: CC0-1.0\n---\nLa & la.\n",
    "content/pages/about.md": "---\ntitle: About\n---\n",
    "content/episodes/dark/index.md": "---\ntitle: Dark\ntopic: night\nposter: face.png\n"
    "transcript: a.txt\nsubmissions: 12\nchapters: [{title: The end, at: '00:40'}]\n"
    "call: Draw [it](record:spark).\n---\n",
    "content/episodes/dark/segments/01-storm.md": "---\ntitle: Storm\nkind: song\nstarts: '00:10'\n"
    "ends: '00:30'\nposter: face.png\n---\nRain.\n",
    **{
        f"content/{folder}/{name}": data
        for folder in ("records/spark", "episodes/dark", "episodes/dark/segments", "contributors")
        for name, data in {
            "face.png": PICTURE,
            "a.mp3": SILENCE,
            "a.vtt": b"WEBVTT\n\n00:00.000 --> 00:01.000\nHello.\n",
            "a.txt": b"Hello.\n",
        }.items()
    },
}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = conftest.build(conftest.write(root := tmp_path_factory.mktemp("whole"), WHOLE), root / "site")
    assert made.status == 0, made.text
    return made.output


def links(html: str) -> list[tuple[str, str]]:
    nodes = HTMLParser(html).css("[href], [src]")
    return [(str(node.tag), str(node.attributes.get("href") or node.attributes["src"])) for node in nodes]


def here(site: Path, address: str) -> Path:
    """The file at an address of the site, which is there."""
    path = site / address.removeprefix(URL)
    assert address.startswith(URL)
    assert path.exists(), address
    return path


def test_a_record_tells_what_its_page_shows(whole: Path) -> None:
    spark = facts(whole, "records/spark")
    jsonschema.validate(spark, json.loads((whole / "schema/work.json").read_text("utf-8")))
    assert (spark["first_published"], spark["hearts"], spark["hearts_on"]) == (
        "https://first.example/1",
        7,
        "2014-03-01",
    )
    assert spark["corrections"] == [{"on": "2015", "note": "A date."}]
    (medium,) = spark["media"]
    assert (medium["kind"], medium["credit"], medium["license"]["name"]) == ("sound", "Ann", "CC0-1.0")
    assert medium["size"] == len(SILENCE)
    assert medium["duration"] > 0
    for address in (medium["url"], medium["poster"], medium["captions"]["en"], medium["transcript"]):
        here(whole, address)
    found = links(spark["body"])
    assert [tag for tag, _ in found] == ["a"] * 5 + ["img", "img", "video"]
    assert [address for _, address in found[:2]] == [URL + "about/", URL + "episodes/dark/"]
    for _, address in found[:-1]:
        if address.startswith(URL):
            here(whole, address)
    assert found[-1] == ("video", "https://else.example/b.mp4")
    assert "<strong>dark</strong>" in spark["body"]
    assert "<blockquote><p>La &amp; la.</p></blockquote>" in spark["body"]
    assert "a withdrawn contributor" in spark["body"]


def test_an_episode_tells_what_its_page_shows(whole: Path) -> None:
    dark = facts(whole, "episodes/dark")
    jsonschema.validate(dark, json.loads((whole / "schema/work.json").read_text("utf-8")))
    assert dark["submissions"] == 12
    assert links(dark["call"]) == [("a", URL + "records/spark/")]
    assert dark["chapters"] == [{"title": "The end", "at": {"ms": 40_000, "text": "0:40"}}]
    (storm,) = dark["segments"]
    assert (storm["kind"], storm["starts"], storm["ends"]) == ("song", 10_000, 30_000)
    here(whole, dark["poster"])
    here(whole, dark["transcript"])
    storm = facts(whole, "episodes/dark/storm")
    assert storm["body"] == "<p>Rain.</p>\n"
    here(whole, storm["poster"])


def test_a_contributor_tells_what_their_page_shows(whole: Path) -> None:
    ann = json.loads((whole / "contributors/ann/credits.json").read_text("utf-8"))
    schema = json.loads((whole / "schema/credits.json").read_text("utf-8"))
    jsonschema.validate(ann, schema)
    assert links(ann["body"]) == [("a", URL + "records/spark/")]
    here(whole, ann["avatar"])
    assert [ann[name] for name in ("pronouns", "language", "summary", "in_memoriam", "identifiers")] == [
        "she/her",
        "fr",
        "Draws.",
        "2015",
        {"orcid": "0000-0002-1825-0097"},
    ]
    assert ann["links"] == [{"url": "https://ann.example/", "label": "Home", "me": True}]
    assert ann["corrections"] == [{"on": "2014-01", "note": "Spelled right."}]
    assert [one["id"] for one in (*ann["groups"], *ann["topics"])] == ["crew", "night"]
    crew = json.loads((whole / "contributors/crew/credits.json").read_text("utf-8"))
    jsonschema.validate(crew, schema)
    assert crew["members"] == [
        {"id": "ann", "name": "Ann Example", "url": URL + "contributors/ann/"},
        {"withdrawn": True},
    ]


# What the views of pages hold that their files call otherwise.
OTHERWISE = {
    **{
        "label": "kind",
        "roll": "credits",
        "license_texts": "license",
        "people": "credits",
        "outside": "sources",
        "tombstone": "withdrawn",
    },
    **{"ancestors": "before", "descendants": "after", "aired": "seen_in", "url": "first_published"},
    **{"also": "also_credited_as", "memoriam": "in_memoriam", "on_screen": "credits", "picture": "poster"},
}
# What frames a page, leads on, says again what others say, or counts what is listed.
NO_FACTS = set(
    "site head extra snippets pager previous next play tree answers_href derived_more more_people earlier "
    "later collaborators more_collaborators on_screen_total episodes_total records_total "
    "remixes_total".split()
)


@pytest.mark.parametrize(
    ("view", "file", "own"),
    [
        (views.RecordPage, WorkFile, {}),
        (views.EpisodePage, WorkFile, {"label": "number", "released": "date"}),
        (views.SegmentPage, WorkFile, {}),
        # Nothing stands beside the page of somebody who is gone.
        (views.ContributorPage, CreditsFile, {"tombstone": "id"}),
    ],
)
def test_what_a_page_shows_its_file_tells(view: type, file: type, own: dict[str, str]) -> None:
    shown = {field.name for field in msgspec.structs.fields(view)} - NO_FACTS
    told = {field.name for field in msgspec.structs.fields(file)}
    assert {name for name in shown if (OTHERWISE | own).get(name, name) not in told} == set()
