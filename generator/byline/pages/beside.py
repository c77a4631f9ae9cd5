"""Which files stand beside a credit page, and how the page leads to them ([pages] in byline.toml)."""

from collections.abc import Iterable, Iterator

from byline.archive import Archive, credits_of, number_of_credits
from byline.pages import elements as el
from byline.pages.here import Here
from byline.permalinks import permalink

# What stands beside a credit page: the kind that makes it, and the setting of [pages] that says from how many
# credits on.
FILES = {
    "credits.json": ("credits-json", "credits_json"),
    "feed.xml": ("feed", "feeds"),
    "atom.xml": ("atom", "feeds"),
    "card.png": ("card", "cards"),
    "badge.svg": ("badge", "badges"),
    "embed/index.html": ("embed", "embeds"),
    "oembed.json": ("oembed", "embeds"),
}


def has(archive: Archive, key: str, file: str) -> bool:
    """Whether a file is made beside somebody's credit page; never beside a withdrawn contributor's."""
    return key in having(archive, file, (key,))


def having(archive: Archive, file: str, keys: Iterable[str]) -> list[str]:
    """Those of some contributors beside whose credit page a file is made."""
    least: int | None = getattr(archive.settings.pages, FILES[file][1])
    if least is None:
        return []
    people = archive.library.contributors
    return [key for key in keys if not people[key].withdrawn and number_of_credits(archive, key) >= least]


def former(archive: Archive) -> Iterator[tuple[str, str]]:
    """Every former id of a contributor that leads somewhere, and the id that it leads to."""
    people = archive.library.contributors
    for id_, one in people.items():
        if one.former_ids and not one.withdrawn:
            yield from ((old, id_) for old in one.former_ids if old not in people)


def formerly(archive: Archive) -> Iterator[tuple[str, str, str]]:
    """What stands beside a credit page, by each former id: that id, the id now, the file."""
    for old, key in former(archive):
        yield from ((old, key, file) for file in FILES if has(archive, key, file))


def path(key: str, file: str) -> str:
    """The path in the site of a file beside somebody's credit page."""
    return permalink(("contributor", key)) + file


def alternates(here: Here, key: str) -> tuple[el.Alternate, ...]:
    """The same facts for programs, as links of the page's head."""
    archive = here.archive
    known = (
        ("credits.json", "application/json", here.say("Credits as JSON")),
        ("feed.xml", "application/rss+xml", here.say("RSS feed")),
        ("atom.xml", "application/atom+xml", here.say("Atom feed")),
        ("oembed.json", "application/json+oembed", here.say("oEmbed")),
    )
    afar = here.afar()  # oEmbed wants whole addresses (oembed.com, 4)
    return tuple(
        el.Alternate((afar if file == "oembed.json" else here).href(path(key, file)), mime, title)
        for file, mime, title in known
        if has(archive, key, file)
    )


def summary(here: Here, on_screen: int, records: int) -> str:
    """The numbers of a credit page in words: "12 credits on screen · 5 records"."""
    count = here.frame.count
    parts = [
        count("%(num)s credit on screen", "%(num)s credits on screen", on_screen) if on_screen else "",
        count("%(num)s record", "%(num)s records", records) if records else "",
    ]
    return " · ".join(part for part in parts if part)


def totals(archive: Archive, key: str) -> tuple[int, int]:
    """Credits on screen, and records: the numbers of what the credit page lists."""
    return len(archive.credits.of.get(key, ())), len(set(archive.credits.records.get(key, ())))


def roles(here: Here, key: str, most: int) -> tuple[str, ...]:
    """Ids of the roles that somebody is named in, on screen before records, in the vocabulary's order."""
    order = {role: at for at, role in enumerate(here.archive.vocabulary.roles)}
    found = {
        credit.role: (credit.place[0] == "record", order.get(credit.role, len(order)))
        for credit in sorted(credits_of(here.archive, key), key=lambda credit: credit.place[0] != "record")
        if credit.reason == "named"
    }
    return tuple(sorted(found, key=lambda role: (found[role], role))[:most])
