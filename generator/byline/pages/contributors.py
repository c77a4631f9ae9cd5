"""Credit pages."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any

from byline.archive import Archive, number_of_credits, places_in
from byline.credits import on_screen, together, united
from byline.lineage import derived
from byline.named import ANYBODY
from byline.pages import beside
from byline.pages import elements as el
from byline.pages import views as v
from byline.pages.bodies import body_of
from byline.pages.cards import episode_card, record_card
from byline.pages.frame import absolute, head, site, to_list
from byline.pages.here import Here, corrections
from byline.pages.kind import PageKind, pages
from byline.pages.listing import cut, described, numbered, pager
from byline.pages.media_views import cover_of, moments_of
from byline.pages.rolls import path, role_name
from byline.pages.snippets import person_snippets
from byline.permalinks import permalink
from byline.values import Contributor, Credit, Key, Output

# Sharing a place with more people than this makes nobody collaborators (a host meets everyone).
MOST_TOGETHER = 40
MOST_COLLABORATORS = 60
# Public registers: how each writes its own name, and where somebody's entry is.
REGISTERS = {
    "orcid": ("ORCID", "https://orcid.org/{}"),
    "isni": ("ISNI", "https://isni.org/isni/{}"),
    "wikidata": ("Wikidata", "https://www.wikidata.org/wiki/{}"),
    "musicbrainz": ("MusicBrainz", "https://musicbrainz.org/artist/{}"),
    "imdb": ("IMDb", "https://www.imdb.com/name/{}/"),
}

Item = tuple[str, Any]


def items(archive: Archive, key: str) -> list[Item]:
    """Everything that a credit page lists, in order: on screen, own records, what was made from them."""
    shown: dict[Key, list[Credit]] = {}
    for credit in on_screen(archive.credits, key):
        shown.setdefault(credit.place, []).append(credit)
    records = dict.fromkeys(archive.credits.records.get(key, ()))
    episodes = {place[1].partition("/")[0] for place in shown}
    ordered = sorted(episodes, key=archive.episode_order.__getitem__)
    items: list[Item] = []
    for episode in ordered:
        for place in places_in(archive, episode):
            if place in shown:
                items.append(("credit", (episode, place, tuple(shown[place]))))
    remixes = _remixes(archive, records)
    return [*items, *(("record", id_) for id_ in records), *(("remix", id_) for id_ in remixes)]


def _remixes(archive: Archive, records: Collection[str]) -> dict[str, None]:
    """What others made from somebody's records, in order."""
    lineage = archive.lineage
    made = [at for record in records for at in derived(lineage, record) if at not in lineage.gone]
    return dict.fromkeys([id_ for at in made if (id_ := lineage.names[at]) not in records])


def _plan_contributors(archive: Archive, ids: Iterable[str]) -> Iterator[Output]:
    per_page = archive.settings.pages.per_page
    for id_ in ids:
        path_ = permalink(("contributor", id_))
        if archive.library.contributors[id_].withdrawn:
            yield Output(f"{path_}index.html", "contributor", id_)
        else:
            yield from pages(path_, "contributor", _length(archive, id_, per_page), per_page, id_)


def _length(archive: Archive, key: str, per_page: int) -> int:
    """How many `items` there are; what fits on one page is not counted exactly, a quarter of the time."""
    numbers, below = archive.lineage.numbers, archive.lineage.below
    made = archive.credits.records.get(key, ())
    most = number_of_credits(archive, key) + sum([len(below[numbers[record]]) for record in made])
    if most <= per_page:
        return most
    records = dict.fromkeys(made)
    return len(set(archive.credits.of.get(key, ()))) + len(records) + len(_remixes(archive, records))


def _view_contributor(here: Here) -> v.ContributorPage:
    archive = here.archive
    id_ = here.output.id
    contributor = archive.library.contributors[id_]
    key = ("contributor", id_)
    title = here.title(key)
    trail = to_list(here, "contributors/")
    if contributor.withdrawn:
        withdrawn, said = here.say("Withdrawn"), here.say("This page is gone.")
        return v.ContributorPage(
            site=site(here),
            tombstone=el.Tombstone(),
            head=head(here, withdrawn, said, key=key, trail=trail, menu="contributors/", indexed=False),
        )
    listed = here.once("credit page", id_, lambda: items(archive, id_))
    shown = cut(here, listed)
    first = here.output.number == 1
    avatar = cover_of(here, contributor, described=True)
    totals = Counter([kind for kind, _ in listed])
    screen = [item for kind, item in listed if kind == "credit"]
    credits = sum([len(some) for _, _, some in screen])
    collaborators, more_collaborators = _collaborators(here, id_) if first else ((), 0)
    return v.ContributorPage(
        site=site(here),
        name=contributor.name,
        kind=contributor.kind,
        pronouns=contributor.pronouns,
        also=contributor.also_credited_as,
        avatar=avatar,
        memoriam=contributor.in_memoriam,
        body=body_of(here, contributor, contributor.body) if first else (),
        links=tuple(
            el.ProfileLink(one.label or _bare(one.url), one.url, one.me) for one in contributor.links
        ),
        identifiers=tuple(_identifiers(contributor)),
        groups=tuple(here.person(group) for group in groups(archive, id_)),
        members=here.persons(archive.people[id_].members)[0],
        on_screen=_on_screen(here, [item for kind, item in shown if kind == "credit"]),
        on_screen_total=credits,
        episodes_total=len({episode for episode, _, _ in screen}),
        records=tuple(record_card(here, item) for kind, item in shown if kind == "record"),
        records_total=totals["record"],
        remixes=tuple(record_card(here, item) for kind, item in shown if kind == "remix"),
        remixes_total=totals["remix"],
        topics=tuple(here.link(("topic", topic)) for topic in suggested(here, id_)),
        collaborators=collaborators,
        more_collaborators=more_collaborators,
        pager=pager(here, permalink(key), len(listed)),
        corrections=corrections(contributor),
        extra=contributor.extra,
        snippets=person_snippets(here, contributor, screen) if first else (),
        head=head(
            here,
            numbered(here, title),
            contributor.summary
            or contributor.body.plain
            or described(here, title, beside.summary(here, credits, totals["record"])),
            key=key,
            trail=trail,
            data=_profile(here, contributor) if first else None,
            picture=avatar,
            menu="contributors/",
            correct=True,
            indexed=first,
            card=beside.path(id_, "card.png") if beside.has(archive, id_, "card.png") else "",
            alternates=beside.alternates(here, id_),
        ),
    )


def groups(archive: Archive, key: str) -> list[str]:
    """The groups with a page that somebody is a member of."""
    return [group for group in archive.groups_of.get(key, ()) if archive.people[group].state == "public"]


def suggested(here: Here, key: str) -> Sequence[str]:
    """The topics that somebody suggested."""
    return here.once("suggested", "", lambda: _suggested(here.archive)).get(key, ())


def _suggested(archive: Archive) -> dict[str, list[str]]:
    """The topics that people suggested."""
    found: dict[str, list[str]] = {}
    for topic, lines in archive.suggested.items():
        if not archive.library.topics[topic].withdrawn:
            for who in dict.fromkeys(line.who for line in lines):
                found.setdefault(who, []).append(topic)
    return found


def _bare(url: str) -> str:
    return url.partition("://")[2].removeprefix("www.").rstrip("/")


def _identifiers(contributor: Contributor) -> Iterator[el.Link]:
    for register, value in contributor.identifiers.items():
        name, address = REGISTERS[register]
        safe = "".join(char for char in value if char.isalnum() or char in "-_")
        yield el.Link(f"{name} {value}", address.format(safe))


def _profile(here: Here, contributor: Contributor) -> dict[str, Any]:
    url = absolute(here, permalink(("contributor", contributor.id)))
    known = [link.url for link in contributor.links if link.me]
    known += [link.href for link in _identifiers(contributor) if link.href]
    person: dict[str, Any] = {
        "@type": "Person" if contributor.kind == "person" else "Organization",
        "name": contributor.name,
        "url": url,
        "alternateName": list(contributor.also_credited_as),
        "description": contributor.summary or contributor.body.plain,
        "sameAs": list(dict.fromkeys(known)),
    }
    return {
        "@type": "ProfilePage",
        "name": contributor.name,
        "url": url,
        "mainEntity": {name: value for name, value in person.items() if value},
    }


def _on_screen(
    here: Here, items: Sequence[tuple[str, Key, tuple[Credit, ...]]]
) -> tuple[el.CreditSeason, ...]:
    seasons: dict[str, dict[str, list[el.CreditEntry]]] = {}
    for episode, place, credits in items:
        season = here.archive.library.episodes[episode].season
        season = season if season in here.archive.library.seasons else ""
        entries = seasons.setdefault(season, {}).setdefault(episode, [])
        entries += _entries(here, place, credits)
    return tuple(
        el.CreditSeason(
            here.link(("season", season)) if season else None,
            tuple(
                el.CreditGroup(episode_card(here, ep, False), tuple(lines)) for ep, lines in episodes.items()
            ),
        )
        for season, episodes in seasons.items()
    )


def _entries(here: Here, place: Key, credits: Sequence[Credit]) -> list[el.CreditEntry]:
    """The lines of one place: named roles together, used and source credits each by itself."""
    kind = "episode"
    if place[0] == "segment":
        kind = here.say(here.kind_of(here.archive.library.segments[place[1]]).label)
    groups: dict[tuple[str, tuple[str, ...], tuple[str, ...]], list[Credit]] = {}
    for credit in credits:
        apart = credit.records if credit.reason != "named" else ()
        groups.setdefault((credit.reason, credit.through, apart), []).append(credit)
    entries = []
    for (reason, through, records), same in groups.items():
        at = sorted(united([credit.at for credit in same]))
        entries.append(
            el.CreditEntry(
                place=here.link(place),
                kind=kind,
                reason=reason,
                roles=tuple([(role_name(here, credit.role), here.joined(credit.parts)) for credit in same]),
                moments=moments_of(here, place, at),
                printed=united([credit.names for credit in same]),
                notes=united([credit.notes for credit in same]),
                records=tuple([here.link(("record", id_)) for id_ in records]),
                path=path(here, same[0]) if reason == "source" else (),
                through=tuple([here.person(group) for group in through]),
            )
        )
    return entries


def _collaborators(here: Here, key: str) -> tuple[tuple[el.Person, ...], int]:
    """People named at the same places, by name, never by how often; and how many more."""
    archive = here.archive
    found: set[str] = set()
    for named in together(archive.credits, key):
        if len(named) <= MOST_TOGETHER or len(set(named)) <= MOST_TOGETHER:
            found.update(named)
    found.discard(key)
    public = [who for who in found if archive.people[who].state == "public"]
    public.sort(key=archive.credits.rank.__getitem__)
    if len(public) > MOST_COLLABORATORS:
        here.named.add(ANYBODY)
    return here.persons(public, MOST_COLLABORATORS)


_EACH = {"contributor": _plan_contributors}
KINDS = (PageKind("contributor", view=_view_contributor, opens="contributor", each=_EACH),)
