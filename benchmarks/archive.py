"""A made-up archive of any size, as Byline reads it and as Hugo does; the same bytes every time.

    python benchmarks/archive.py SIZE DIR [--ladders N --steps M]

Writes SIZE records to DIR/byline and, with the same words, to DIR/hugo/content. A record is a text of about
120 words; a third as many people as records share the credits by Zipf's law; an episode has 200 records and
eight segments, which show three each; a season has eight episodes. Half of the records were made from one
or two earlier ones, mostly recent. A ladder has M generations of two records, each made from both of the
generation before; the last is shown in an episode.

Hugo is told what Byline finds out: the roles and the letter of a person, all people of a record, and which
record is older, by its weight.
"""

import argparse
import json
import random
from bisect import bisect
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import accumulate
from pathlib import Path
from typing import NamedTuple

SEED = 1895
PER_EPISODE, SEGMENTS, SHOWN, PER_SEASON = 200, 8, 3, 8
BEGIN, YEARS = datetime(2006, 3, 1, 18, 30), 15

TITLE = "Tin Lantern"
KINDS = ("text", "image", "audio", "video")
SEGMENT_KINDS = ("sketch", "song", "story", "poem", "animation")
ROLES = {
    "author": "Authors", "translator": "Translators", "lyricist": "Lyricists", "editor": "Editors",
    "performer": "Performers", "narrator": "Narrators", "artist": "Artists", "illustrator": "Illustrators",
    "photographer": "Photographers", "animator": "Animators", "composer": "Composers",
    "musician": "Musicians", "vocalist": "Vocalists",
}  # fmt: skip
TOPICS = (
    "weather", "stairs", "first-tries", "maps", "echoes", "kitchens", "lost-things", "tides", "clockwork",
    "neighbours", "letters", "bridges", "sleep", "shadows", "harvest",
)  # fmt: skip

FIRST = (
    "Ambrelle Bixby Corvane Dottoria Elwick Fennimore Gristle Hobbin Ilmarene Juniper Kestrin Lumpkin "
    "Marzipan Nettlewyn Osmerelda Pimlico Quillon Rumbert Sprocket Thistlemay Umberlin Vellaby Wimble "
    "Xandrel Yarrowby Zephyrine"
).split()
LAST = (
    "Applecrank Bramblewick Candlemoth Dovetail Eggshell Featherstitch Gooseberry Hedgelamp Inkwell Jamspoon "
    "Kettlesong Lampshade Moonbasket Nutmeg Overcoat Pocketwatch Quiltbottom Raincoat Saltcellar Teapot"
).split()
THINGS = (
    "lantern kettle umbrella staircase orchard ferry postcard clock teacup lighthouse piano bicycle puddle "
    "suitcase scarecrow balloon window accordion ladder harbour blanket candle compass puppet chimney"
).split()
OTHERS = "baker sailor sister stranger teacher gardener child choir grocer uncle conductor neighbour".split()
DEEDS = (
    "painted", "folded", "followed", "repaired", "borrowed", "forgot", "whistled to", "carried", "drew",
    "filmed", "measured", "renamed", "hid", "described", "sketched", "buried", "mended", "lent", "found",
)  # fmt: skip
KINDLY = "small patient crooked rusty blue plain hollow sleepy stubborn second-hand quiet bright".split()
WHEN = (
    "before the rain came", "after everybody had left", "on the last day of autumn", "while the soup was hot",
    "without telling anyone", "for no reason at all", "as if it were a song", "between two trains",
    "at the top of the hill", "with a pencil and some string", "in the middle of the night",
)  # fmt: skip


class Record(NamedTuple):
    """What somebody sent in: `credits` are people by role, `folder` is where it lies in Byline's content."""

    id: str
    title: str
    date: str
    kind: str
    credits: dict[str, list[str]]
    sources: list[str]
    episode: str
    body: str
    folder: str


class Segment(NamedTuple):
    """A part of an episode, and the records that it shows."""

    id: str
    title: str
    kind: str
    uses: list[str]


class Episode(NamedTuple):
    """An episode; `uses` are records that no segment shows."""

    id: str
    title: str
    season: int
    number: int
    topic: str
    released: str
    body: str
    segments: list[Segment]
    uses: list[str]


class Archive(NamedTuple):
    """Everything; people are names and biographies by id."""

    people: dict[str, tuple[str, str]]
    episodes: list[Episode]
    records: list[Record]


def sentence(dice: random.Random) -> str:
    """About eleven words of prose, with emphasis or a link in every third."""
    thing, other = dice.choice(THINGS), dice.choice(THINGS)
    adjective, deed = dice.choice(KINDLY), dice.choice(DEEDS)
    at = dice.random()
    if at < 0.12:
        adjective = f"*{adjective}*"
    elif at < 0.22:
        thing = f"**{thing}**"
    elif at < 0.34:
        other = f"[{other}](https://example.org/{other}/{dice.randrange(1000)})"
    return f"The {dice.choice(OTHERS)} {deed} a {adjective} {thing} and the {other} {dice.choice(WHEN)}."


def paragraph(dice: random.Random, sentences: int) -> str:
    return " ".join(sentence(dice) for _ in range(sentences))


def words(dice: random.Random) -> str:
    """A body of about 120 words: a paragraph, a list, a paragraph; in some a heading or a quotation."""
    parts = [paragraph(dice, 4)]
    parts.append("\n".join(f"- A {dice.choice(KINDLY)} {dice.choice(THINGS)}" for _ in range(3)))
    if dice.random() < 0.25:
        parts.append(f"## {heading(dice)}")
    parts.append(paragraph(dice, dice.choice((3, 4))))
    if dice.random() < 0.25:
        parts.append(f"> {sentence(dice)}")
    return "\n\n".join(parts) + "\n"


def heading(dice: random.Random) -> str:
    """A title of two to four words."""
    form = dice.randrange(3)
    adjective, thing = dice.choice(KINDLY).capitalize(), dice.choice(THINGS).capitalize()
    if form == 0:
        return f"{adjective} {thing}"
    if form == 1:
        return f"The {thing} and the {dice.choice(THINGS).capitalize()}"
    return f"{thing} for a {dice.choice(OTHERS).capitalize()}"


def earlier(dice: random.Random, number: int) -> list[int]:
    """What a record was made from: nothing for half of them, else one or two, one in fifty of any age.

    With more of these, most records would be of one family.
    """
    if not number or dice.random() < 0.5:
        return []
    found = set()
    for _ in range(dice.choice((1, 1, 2))):
        back = dice.randrange(number) if dice.random() < 0.02 else int(dice.expovariate(1 / 8))
        found.add(max(0, number - 1 - back))
    return sorted(found)


def make(size: int, ladders: int, steps: int) -> Archive:
    """An archive of so many records, and twice as many as steps in each ladder."""
    dice = random.Random(SEED)
    keys = [f"p{n:06}" for n in range(max(3, size // 3))]
    people = {
        key: (f"{dice.choice(FIRST)} {dice.choice(LAST)} {n + 1}", sentence(dice))
        for n, key in enumerate(keys)
    }
    shares = list(accumulate((n + 1) ** -0.8 for n in range(len(keys))))
    shuffled = dice.sample(keys, len(keys))

    def somebody() -> str:
        return shuffled[bisect(shares, dice.random() * shares[-1])]

    def credits(first: str) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for who in {first: 0, **{somebody(): 0 for _ in range(dice.choice((0, 0, 1, 1, 2)))}}:
            found.setdefault(dice.choice(tuple(ROLES)), []).append(who)
        return found

    # Everybody made something: each is once the first name of a record; Zipf has the others.
    firsts = [*keys, *(somebody() for _ in range(size - len(keys)))][:size]
    dice.shuffle(firsts)
    names = [f"r{n:06}" for n in range(size)]
    records = []
    for n, (name, first) in enumerate(zip(names, firsts, strict=True)):
        episode = f"e{n // PER_EPISODE + 1:04}"
        made = BEGIN + timedelta(days=365 * YEARS * n / size)
        records.append(
            Record(
                name,
                heading(dice),
                f"{made:%Y-%m-%dT%H:%M:00Z}",
                dice.choice(KINDS),
                credits(first),
                [names[at] for at in earlier(dice, n)],
                episode,
                words(dice),
                f"episodes/{episode}/records",
            )
        )
    last = []
    for ladder in range(ladders):
        rungs = climb(dice, ladder, steps, lambda: credits(somebody()))
        records += rungs
        last.append(rungs[-1].id)
    episodes: list[Episode] = []
    for start in range(0, size, PER_EPISODE):
        released = BEGIN + timedelta(days=365 * YEARS * (start + PER_EPISODE) / size)
        came = names[start : start + PER_EPISODE]
        ends = [one for at, one in enumerate(last) if at % -(-size // PER_EPISODE) == len(episodes)]
        episodes.append(show(dice, len(episodes), f"{released:%Y-%m-%d}", came, ends))
    return Archive(people, episodes, records)


def climb(
    dice: random.Random, ladder: int, steps: int, credits: Callable[[], dict[str, list[str]]]
) -> list[Record]:
    """The records of a ladder, oldest first."""
    records: list[Record] = []
    for step in range(steps):
        made = BEGIN + timedelta(days=365 * YEARS * step / steps, seconds=60 * ladder + 7)
        below = [one.id for one in records[-2:]]
        records += [
            Record(
                f"ladder{ladder:03}-{step:05}{side}",
                heading(dice),
                f"{made:%Y-%m-%dT%H:%M:%SZ}",
                "text",
                credits(),
                below,
                "",
                f"Rung {step + 1} of a long ladder. {paragraph(dice, 2)}\n",
                f"records/ladder{ladder:03}",
            )
            for side in "lr"
        ]
    return records


def show(dice: random.Random, number: int, released: str, came: list[str], ends: list[str]) -> Episode:
    """An episode that shows some of the records that came in for it, and the ends of some ladders."""
    taken = dice.sample(came, min(len(came), SEGMENTS * SHOWN))
    segments = [
        Segment(
            f"part-{at + 1}",
            heading(dice),
            dice.choice(SEGMENT_KINDS),
            sorted(taken[at * SHOWN : at * SHOWN + SHOWN]),
        )
        for at in range(SEGMENTS)
    ]
    season, within = divmod(number, PER_SEASON)
    return Episode(
        f"e{number + 1:04}",
        heading(dice),
        season + 1,
        within + 1,
        TOPICS[number % len(TOPICS)],
        released,
        paragraph(dice, 5) + "\n",
        segments,
        ends,
    )


def listed(values: list[str]) -> str:
    return f"[{', '.join(values)}]"


def document(fields: list[str], body: str = "") -> str:
    """Front matter and a body."""
    return "\n".join(("---", *fields, "---", "", body))


def credited(record: Record) -> list[str]:
    return ["credits:", *(f"  {role}: {listed(who)}" for role, who in record.credits.items())]


def row(**fields: object) -> str:
    return json.dumps(fields, ensure_ascii=False) + "\n"


def byline(archive: Archive) -> Iterator[tuple[str, str]]:
    """The files of Byline's archive: paths and texts."""
    yield (
        "byline.toml",
        f'[archive]\ntitle = "{TITLE}"\nbase_url = "https://lantern.example/"\nlicense = "CC-BY-SA-4.0"\n',
    )
    yield "content/index.md", document([f'title: "{TITLE}"'], "A show that everybody made together.\n")
    yield (
        "content/contributors.jsonl",
        "".join(row(id=key, name=name, body=body) for key, (name, body) in archive.people.items()),
    )
    for season in range(1, archive.episodes[-1].season + 1):
        fields = [f'title: "Season {season}"', f"number: {season}"]
        yield f"content/seasons/s{season:03}.md", document(fields)
    for one in archive.episodes:
        folder = f"content/episodes/{one.id}"
        fields = [
            f'title: "{one.title}"',
            f"season: s{one.season:03}",
            f"number: {one.number}",
            f"topic: {one.topic}",
            f"released: {one.released}",
            *([f"uses: {listed(one.uses)}"] if one.uses else []),
        ]
        yield f"{folder}/index.md", document(fields, one.body)
        yield (
            f"{folder}/segments.jsonl",
            "".join(
                row(id=part.id, order=at + 1, title=part.title, kind=part.kind, uses=part.uses)
                for at, part in enumerate(one.segments)
            ),
        )
    for record in archive.records:
        fields = [
            f'title: "{record.title}"',
            f"date: {record.date}",
            f"kind: {record.kind}",
            *credited(record),
        ]
        if record.sources:
            fields.append(f"sources: {listed(record.sources)}")
        yield f"content/{record.folder}/{record.id}.md", document(fields, record.body)


def hugo(archive: Archive) -> Iterator[tuple[str, str]]:
    """The files of Hugo's content: records and segments are pages, episodes sections, all else taxonomies."""
    yield "_index.md", document([f'title: "{TITLE}"'], "A show that everybody made together.\n")
    roles: dict[str, set[str]] = {key: set() for key in archive.people}
    first: dict[str, str] = {}
    records = sorted(archive.records, key=lambda one: one.date)
    for record in records:
        for role, people in record.credits.items():
            for who in people:
                roles[who].add(role)
                first.setdefault(who, record.date)
    for key, (name, body) in archive.people.items():
        had = [role for role in ROLES if role in roles[key]]
        # With a date Hugo need not look for one in what they made, which it does in quadratic time.
        fields = [f'title: "{name}"', f"date: {first[key]}"]
        fields += [f"letters: [{name[0].lower()}]", f"roles: {listed(had)}"]
        yield f"contributors/{key}/_index.md", document(fields, body + "\n")
    for path, layout, title in (
        ("records", "", "Records"),
        ("contributors", "", "People"),
        ("episodes", "all", "Episodes"),
        ("lineage", "families", "Lineage"),
        ("lineage/never-remixed", "never-remixed", "Never remixed"),
        ("lineage/travelled", "travelled", "Most travelled ideas"),
    ):
        yield f"{path}/_index.md", document([f"title: {title}", *([f"layout: {layout}"] if layout else [])])
    for role, plural in ROLES.items():
        yield f"roles/{role}/_index.md", document([f"title: {plural}"])
    for season in range(1, archive.episodes[-1].season + 1):
        fields = [f'title: "Season {season}"', f"weight: {season}"]
        yield f"seasons/s{season:03}/_index.md", document(fields)
    for one in archive.episodes:
        fields = [
            f'title: "{one.title}"',
            f"seasons: [s{one.season:03}]",
            f"number: {one.number}",
            f"weight: {(one.season - 1) * PER_SEASON + one.number}",
            f"topics: [{one.topic}]",
            f"date: {one.released}",
            *([f"uses: {listed(one.uses)}"] if one.uses else []),
        ]
        yield f"episodes/{one.id}/_index.md", document(fields, one.body)
        fields = [f'title: "Records for {one.title}"', f"slug: {one.id}"]
        yield f"calls/{one.id}/_index.md", document(fields)
        for at, part in enumerate(one.segments):
            fields = [
                f'title: "{part.title}"',
                f"weight: {at + 1}",
                f"kind: {part.kind}",
                f"uses: {listed(part.uses)}",
            ]
            yield f"episodes/{one.id}/{part.id}.md", document(fields)
    for at, record in enumerate(records):
        everybody = dict.fromkeys(who for group in record.credits.values() for who in group)
        fields = [
            f'title: "{record.title}"',
            f"date: {record.date}",
            f"weight: {at + 1}",
            f"kind: {record.kind}",
            *credited(record),
            f"contributors: {listed(list(everybody))}",
        ]
        if record.sources:
            fields.append(f"sources: {listed(record.sources)}")
        if record.episode:
            fields.append(f"calls: [{record.episode}]")
        yield f"records/{record.id}.md", document(fields, record.body)


def write(root: Path, files: Iterator[tuple[str, str]]) -> None:
    for path, text in files:
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, "utf-8")


def main() -> None:
    asked = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    asked.add_argument("size", type=int, help="how many records, beside those of ladders")
    asked.add_argument("dir", type=Path, help="a new folder")
    asked.add_argument("--ladders", type=int, default=0)
    asked.add_argument("--steps", type=int, default=1000, help="generations of each ladder")
    wanted = asked.parse_args()
    wanted.dir.mkdir(parents=True)
    made = make(wanted.size, wanted.ladders, wanted.steps)
    write(wanted.dir / "byline", byline(made))
    write(wanted.dir / "hugo" / "content", hugo(made))
    length = sum(len(one.body.split()) for one in made.records) // len(made.records)
    edges = sum(len(one.sources) for one in made.records)
    print(
        f"{len(made.records):,} records of {length} words, made from {edges:,} others; "
        f"{len(made.people):,} people, {len(made.episodes):,} episodes"
    )


if __name__ == "__main__":
    main()
