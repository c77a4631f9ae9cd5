"""Feeds of the whole archive: what feed readers and podcast players make of them."""

import json
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path

import feedparser
import pytest
from selectolax.lexbor import LexborHTMLParser as HTMLParser

from byline.pages.podcast import guid
from conftest import Site, build, once, write

# MPEG 1, layer 3, 32 kbit/s, mono: twenty frames of nothing.
SILENCE = (b"\xff\xfb\x10\xc4" + bytes(100)) * 20
URL = "https://lanterns.example/a/"
PODCAST = "{https://podcastindex.org/namespace/1.0}"
ITUNES = "{http://www.itunes.com/dtds/podcast-1.0.dtd}"
TRICKY = 'The "Lamp" <b>&amp;</b> ]]>'

FILES: dict[str, str | bytes] = {
    "byline.toml": f'[archive]\ntitle = "Lanterns & Co"\nbase_url = "{URL}"\nlicense = "CC-BY-4.0"\n',
    "content/seasons/s1.md": "---\ntitle: First <light>\nnumber: 1\n---\n",
    "content/seasons/s2.md": "---\ntitle: Second light\nnumber: ２\n---\n",
    "content/contributors.jsonl": '{"id": "oona", "name": "Oona <Lampard>"}\n'
    '{"id": "gone", "name": "Vanished", "withdrawn": true}\n'
    '{"id": "wick", "name": "Wick Example"}\n',
    "content/records/spark.md": "---\ntitle: Spark\ncredits: {idea: wick}\n---\n",
    "content/episodes/e1/index.md": f"---\ntitle: {json.dumps(TRICKY)}\nseason: s1\nnumber: 1\n"
    "released: 2014-01-02\nruntime: '1:02'\n"
    "media: {file: one.mp3, captions: {en: one.vtt, de: zwei.vtt}}\ntranscript: one.vtt\nlicense: CC0-1.0\n"
    "chapters: [{title: End, at: '0:40'}]\ncredits: {host: [oona, gone], director: oona}\n"
    "uses: [spark]\n---\nStory & more.\n",
    "content/episodes/e1/one.mp3": SILENCE,
    "content/episodes/e1/one.vtt": "WEBVTT\n",
    "content/episodes/e1/zwei.vtt": "WEBVTT\n",
    "content/episodes/e1/segments.jsonl": '{"id": "a", "title": "Opening", "starts": "0:05", "ends": "0:30"}'
    "\n"
    '{"id": "b", "title": "Nobody knows when"}\n',
    "content/episodes/e2.md": "---\ntitle: Silent\nseason: s1\nnumber: 2\nreleased: 2015\n---\n",
    "content/episodes/e3.md": "---\ntitle: Elsewhere\nseason: s2\nnumber: p01\nreleased: 2013-05\n"
    "media: https://lanterns.example/three.mp4\n---\n",
    "content/episodes/e4.md": "---\ntitle: Taken back\nseason: s2\nreleased: 2016\nwithdrawn: true\n"
    "media: https://lanterns.example/four.mp4\n---\n",
    "content/episodes/e5.md": "---\ntitle: Tomorrow\nseason: s2\npublish: 2999-01-01\n"
    "media: https://lanterns.example/five.mp4\n---\n",
}


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    def make(folder: Path) -> Path:
        made = build(write(folder / "archive", FILES), folder / "site")
        assert made.status == 0, made.text
        return made.output

    return once(tmp_path_factory, "feeds", make)


def items(path: Path) -> list[ET.Element]:
    return ET.parse(path).findall("channel/item")


def alternates(page: Path) -> list[str | None]:
    links = HTMLParser(page.read_text("utf-8")).css("link[rel=alternate]")
    return [link.attributes["href"] for link in links]


def test_the_same_episodes_newest_first_in_every_feed(built: Path) -> None:
    titles = ["Silent", TRICKY, "Elsewhere"]
    for file in ("feed.xml", "atom.xml"):
        feed = feedparser.parse((built / file).read_bytes(), sanitize_html=False)
        assert not feed.bozo, feed.bozo_exception
        assert feed.feed.title == "Lanterns & Co"
        assert [entry.link for entry in feed.entries] == [
            f"{URL}episodes/{id_}/" for id_ in ("e2", "e1", "e3")
        ]
    assert [item.findtext("title") for item in items(built / "feed.xml")] == titles
    feed = json.loads((built / "feed.json").read_bytes())
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert [item["title"] for item in feed["items"]] == titles
    assert feed["items"][1]["content_text"] == "Story & more."
    assert [item["date_published"] for item in feed["items"]][2] == "2013-05-01T00:00:00Z"
    assert feed["feed_url"] == URL + "feed.json"


@pytest.mark.parametrize("kind", ["episodes", "records"])
def test_of_one_date_the_home_page_has_the_order_of_the_feeds(site: Callable[..., Site], kind: str) -> None:
    dates = {
        "a": "2014",
        "a-b": "2014-01-01",
        "c": "2014",
        "d": "2014",
        "e": "2015",
        "f": "2013",
        "g": "2014",
    }
    field = "released" if kind == "episodes" else "date"
    rows = [{"id": id_, "title": id_.upper(), field: date} for id_, date in dates.items()]
    made = site({f"content/{kind}.jsonl": "".join(json.dumps(row) + "\n" for row in rows)})
    assert made.status == 0, made.text
    told = [item.findtext("title") for item in items(made.output / "feed.xml")]
    assert told == ["E", "A", "A-B", "C", "D", "G", "F"]
    assert [one.text() for one in HTMLParser(made.page("")).css(".card .title")] == told[:6]


def test_entries_say_that_they_are_in_another_language(site: Callable[..., Site]) -> None:
    rows = [
        {"id": "a", "title": "Neve", "released": "2015", "language": "pt"},
        {"id": "b", "title": "Snow", "released": "2014", "language": "en"},
    ]
    made = site({"content/episodes.jsonl": "".join(json.dumps(row) + "\n" for row in rows)})
    assert made.status == 0, made.text
    feed = ET.parse(made.output / "atom.xml").getroot()
    language = "{http://www.w3.org/XML/1998/namespace}lang"
    entries = feed.findall("{http://www.w3.org/2005/Atom}entry")
    assert [one.get(language) for one in (feed, *entries)] == ["en", "pt", None]
    found = json.loads((made.output / "feed.json").read_bytes())
    assert [one.get("language") for one in (found, *found["items"])] == ["en", "pt", None]


def test_descriptions_are_read_as_html_and_titles_as_text(site: Callable[..., Site]) -> None:
    text = "a < b <script>alert(1)</script> &amp;"
    episode = {
        "id": "e",
        "title": text,
        "summary": text,
        "released": "2014",
        "media": "https://l.example/a.mp3",
    }
    made = site({"content/episodes.jsonl": json.dumps(episode) + "\n"})
    for file in ("feed.xml", "podcast.xml"):
        (item,) = items(made.output / file)
        assert item.findtext("title") == text
        described = HTMLParser(item.findtext("description") or "")
        assert described.body is not None
        assert described.body.text() == text
        assert not described.css("script")


def test_the_home_page_leads_to_every_feed(built: Path) -> None:
    assert alternates(built / "index.html") == ["./feed.xml", "./atom.xml", "./feed.json", "./podcast.xml"]
    assert alternates(built / "seasons/s2/index.html") == ["../../seasons/s2/podcast.xml"]


def test_a_podcast_holds_what_can_be_played(built: Path) -> None:
    feed = feedparser.parse((built / "podcast.xml").read_bytes())
    assert not feed.bozo, feed.bozo_exception
    assert [entry.enclosures[0].type for entry in feed.entries] == ["audio/mpeg", "video/mp4"]
    first = feed.entries[0].enclosures[0]
    assert (built / first.href.removeprefix(URL)).read_bytes() == SILENCE
    assert first.length == str(len(SILENCE))
    assert feed.entries[1].enclosures[0].href == "https://lanterns.example/three.mp4"


def test_a_podcast_holds_what_is_said_to_be_sound(site: Callable[..., Site]) -> None:
    media = "{url: 'https://lanterns.example/listen/7', type: audio/mpeg}"
    made = site({"content/episodes/e.md": f"---\ntitle: E\nmedia: {media}\nruntime: 1:00\n---\n"})
    (item,) = items(made.output / "podcast.xml")
    told = {"url": "https://lanterns.example/listen/7", "length": "0", "type": "audio/mpeg"}
    assert [enclosure.attrib for enclosure in item.iterfind("enclosure")] == [told]


def test_a_podcast_says_who_when_and_under_which_licence(built: Path) -> None:
    item, other = items(built / "podcast.xml")
    people = [
        (one.text, one.get("role"), one.get("group"), one.get("href"))
        for one in item.findall(PODCAST + "person")
    ]
    oona = ("Oona <Lampard>", f"{URL}contributors/oona/")
    assert people == [
        (oona[0], "host", "cast", oona[1]),
        (oona[0], "director", "creative direction", oona[1]),
        ("Wick Example", "idea", None, f"{URL}contributors/wick/"),
    ]
    assert b"Vanished" not in (built / "podcast.xml").read_bytes()
    season = item.find(PODCAST + "season")
    assert season is not None
    assert (season.text, season.get("name")) == ("1", "First <light>")
    assert item.findtext(PODCAST + "episode") == "1"
    assert item.findtext(ITUNES + "duration") == "62"
    assert item.findtext(PODCAST + "license") == "CC0-1.0"
    # Podcasting 2.0 wants numbers: labels are left out, and so are digits that its readers do not know.
    assert other.find(PODCAST + "season") is None
    assert other.find(PODCAST + "episode") is None
    assert other.findtext(PODCAST + "license") == "CC-BY-4.0"
    transcripts = [
        (one.get("language"), one.get("rel"), one.get("type")) for one in item.findall(PODCAST + "transcript")
    ]
    assert transcripts == [("en", "captions", "text/vtt"), ("de", "captions", "text/vtt")]
    for one in item.findall(PODCAST + "transcript"):
        assert (built / str(one.get("url")).removeprefix(URL)).is_file()


def test_a_podcast_tells_of_sound_what_is_known_of_it(site: Callable[..., Site]) -> None:
    made = site(
        {
            "content/seasons/s0.md": "---\ntitle: Before\nnumber: 0\n---\n",
            "content/episodes/e0/index.md": "---\ntitle: Hum\nseason: s0\nnumber: 0\nreleased: 2015\n"
            "license: LicenseRef-Ours\nmedia: {url: 'https://lanterns.example/stream', type: audio/mpeg, "
            "size: 77, duration: '01:02'}\nchapters: [{title: Hum, at: '0:05'}]\n---\n",
        }
    )
    assert made.status == 0, made.text
    (item,) = items(made.output / "podcast.xml")
    enclosure = item.find("enclosure")
    assert enclosure is not None
    assert enclosure.attrib == {
        "url": "https://lanterns.example/stream",
        "type": "audio/mpeg",
        "length": "77",
    }
    assert item.findtext(ITUNES + "duration") == "62"
    # Apple counts seasons and episodes from 1; a licence of one's own needs an address.
    assert (item.findtext(ITUNES + "season"), item.findtext(ITUNES + "episode")) == (None, None)
    assert (item.findtext(PODCAST + "season"), item.findtext(PODCAST + "episode")) == ("0", "0")
    assert item.find(PODCAST + "license") is None
    track = (made.output / "episodes/e0/chapters.vtt").read_text("utf-8")
    assert "00:00:05.000 --> 00:01:02.000\nHum" in track


def test_directories_are_told_what_a_podcast_is(site: Callable[..., Site]) -> None:
    made = site(
        {
            "byline.toml": "[archive]\ntitle = 'L & L'\nbase_url = 'https://lanterns.example/'\n"
            "contact = 'us@lanterns.example'\n[podcast]\nexplicit = true\ncategories = ['TV & Film', "
            "'Books']\n",
            "content/episodes/e0/index.md": "---\ntitle: Hum\nmedia: https://lanterns.example/a.mp3\n---\n",
        }
    )
    assert made.status == 0, made.text
    channel = ET.parse(made.output / "podcast.xml").find("channel")
    assert channel is not None
    assert channel.findtext(ITUNES + "explicit") == "true"
    assert channel.findtext(f"{ITUNES}owner/{ITUNES}email") == "us@lanterns.example"
    found = channel.findall(ITUNES + "category")
    assert [(one.get("text"), [inner.get("text") for inner in one]) for one in found] == [
        ("TV & Film", []),
        ("Arts", ["Books"]),
    ]


@pytest.mark.parametrize(("second", "medium"), [("b.mp3", None), ("b.webm", "video")])
def test_a_podcast_of_films_says_so(second: str, medium: str | None, site: Callable[..., Site]) -> None:
    rows = [
        {"id": "a", "title": "A", "media": {"url": "https://lanterns.example/a", "type": "video/mp4"}},
        {"id": "b", "title": "B", "media": f"https://lanterns.example/{second}"},
    ]
    made = site({"content/episodes.jsonl": "".join(json.dumps(row) + "\n" for row in rows)})
    assert ET.parse(made.output / "podcast.xml").findtext(f"channel/{PODCAST}medium") == medium


def test_players_are_told_how_a_transcript_is_written(site: Callable[..., Site]) -> None:
    made = site(
        {
            "content/episodes/e/index.md": "---\ntitle: E\nmedia: https://lanterns.example/a.mp3\n"
            "transcript: e.srt\n---\n",
            "content/episodes/e/e.srt": "1\n00:00:01,000 --> 00:00:02,000\nA light!\n",
        }
    )
    assert made.status == 0, made.text
    (item,) = items(made.output / "podcast.xml")
    script = item.find(PODCAST + "transcript")
    assert script is not None
    assert (script.get("type"), script.get("language")) == ("application/x-subrip", "en")


def test_a_category_that_no_directory_knows_is_told(site: Callable[..., Site]) -> None:
    settings = (
        "[archive]\ntitle = 'L'\nbase_url = 'https://lanterns.example/'\n[podcast]\ncategories = 'Book'\n"
    )
    made = site({"byline.toml": settings})
    assert made.status == 1
    assert 'did you mean "Books"?' in made.text


def test_ids_and_numbers_in_rows_are_as_they_are_spelled(site: Callable[..., Site]) -> None:
    rows = "".join(
        f'{{"id": {number}, "title": "Lamp", "number": {number}, "media": "https://lanterns.example/a.mp3"}}\n'
        for number in ("1.1", "1.10", '"1.100"', "2")
    )
    made = site({"content/episodes.jsonl": rows})
    assert made.status == 0, made.text
    found = [item.findtext(PODCAST + "episode") for item in items(made.output / "podcast.xml")]
    assert sorted(map(str, found)) == ["1.1", "1.10", "1.100", "2"]
    assert {path.name for path in (made.output / "episodes").iterdir()} >= set(found)


def test_what_has_only_a_day_of_publication_is_as_new_in_a_podcast_as_in_other_feeds(
    site: Callable[..., Site],
) -> None:
    rows = (
        "id,title,released,publish,media\n"
        "old,Old,2013-01-01,,https://media.example/a.mp3\n"
        "new,New,,2014-01-01,https://media.example/b.mp3\n"
    )
    made = site({"content/episodes.csv": rows}, "--on 2015-01-01")
    dated = [
        [(item.findtext("title"), item.findtext("pubDate")) for item in items(made.output / file)]
        for file in ("podcast.xml", "feed.xml")
    ]
    assert dated[0] == dated[1]
    assert dated[0][0] == ("New", "Wed, 01 Jan 2014 00:00:00 +0000")


def test_chapters_are_segments_and_named_moments_by_their_time(built: Path) -> None:
    item, other = items(built / "podcast.xml")
    link = item.find(PODCAST + "chapters")
    assert link is not None
    assert link.get("type") == "application/json+chapters"
    chapters = json.loads((built / str(link.get("url")).removeprefix(URL)).read_bytes())
    assert chapters["version"] == "1.2.0"
    assert [
        (one["startTime"], one["title"], one.get("endTime"), one.get("url")) for one in chapters["chapters"]
    ] == [
        (5.0, "Opening", 30.0, f"{URL}episodes/e1/a/"),
        (40.0, "End", None, None),
    ]
    assert other.find(PODCAST + "chapters") is None
    assert [path.parent.name for path in built.rglob("chapters.json")] == ["e1"]


def test_what_was_withdrawn_is_no_chapter(site: Callable[..., Site]) -> None:
    episode = "---\ntitle: E\nmedia: https://lanterns.example/e.mp3\n---\n"
    rows = "id,title,starts,withdrawn\na,A,0:05,true\n"
    made = site({"content/episodes/e/index.md": episode, "content/episodes/e/segments.csv": rows})
    assert (made.output / "podcast.xml").exists()
    assert not list(made.output.rglob("chapters.*"))


def test_every_season_with_something_to_play_is_a_podcast_of_its_own(built: Path) -> None:
    guids = set()
    for season, title, links in (("s1", "First <light>", ["e1"]), ("s2", "Second light", ["e3"])):
        channel = ET.parse(built / f"seasons/{season}/podcast.xml").find("channel")
        assert channel is not None
        assert channel.findtext("title") == f"{title} · Lanterns & Co"
        assert channel.findtext("link") == f"{URL}seasons/{season}/"
        assert [one.text for one in channel.findall("item/link")] == [
            f"{URL}episodes/{id_}/" for id_ in links
        ]
        guids.add(channel.findtext(PODCAST + "guid"))
    guids.add(ET.parse(built / "podcast.xml").findtext(f"channel/{PODCAST}guid"))
    assert len(guids) == 3


def test_a_podcasts_guid_is_that_of_the_specifications_example() -> None:
    assert guid("https://mp3s.nashownotes.com/pc20rss.xml") == "917393e3-1b1e-5cef-ace4-edaa54e1f810"


def test_an_archive_of_records_has_feeds_of_them_and_no_podcast(site: Callable[..., Site]) -> None:
    records = (
        '{"id": "a", "title": "Old", "date": "2010"}\n'
        '{"id": "b", "title": "New", "date": "2011"}\n{"id": "c", "title": "Undated"}\n'
        '{"id": "d", "title": "Gone", "date": "2012", "withdrawn": true}\n'
    )
    made = site({"content/records.jsonl": records})
    assert made.status == 0, made.text
    feed = json.loads((made.output / "feed.json").read_bytes())
    assert [item["title"] for item in feed["items"]] == ["New", "Old"]
    assert not list(made.output.rglob("podcast.xml"))


def test_humans_txt_names_everybody_who_has_a_page(built: Path) -> None:
    text = (built / "humans.txt").read_text("utf-8")
    assert "Oona <Lampard>\nhttps://lanterns.example/a/contributors/oona/\n" in text
    assert "Wick Example\n" in text
    assert "Vanished" not in text
