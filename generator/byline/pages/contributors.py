"""Credit pages, the list of contributors, and the pages of roles."""

import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from byline import text as words
from byline.archive import Archive, number_of_credits
from byline.credits import lines_at, named_at, on_screen
from byline.lineage import derived
from byline.pages import beside
from byline.pages import elements as el
from byline.pages import views as v
from byline.pages.bodies import body_of
from byline.pages.cards import episode_card, person_card, record_card
from byline.pages.frame import absolute, head, site
from byline.pages.here import Here, corrections, tombstone
from byline.pages.kind import PageKind, pages
from byline.pages.listing import cut, numbered, pager
from byline.pages.media_views import cover_of, moments_of
from byline.pages.rolls import path, role_name
from byline.pages.snippets import person_snippets
from byline.permalinks import permalink
from byline.values import Contributor, Credit, Key, Output

# Sharing a place with more people than this makes nobody collaborators (a host meets everyone).
MOST_TOGETHER = 40
MOST_COLLABORATORS = 60
IDENTIFIERS = {
    "orcid": "https://orcid.org/{}",
    "isni": "https://isni.org/isni/{}",
    "wikidata": "https://www.wikidata.org/wiki/{}",
    "musicbrainz": "https://musicbrainz.org/artist/{}",
    "imdb": "https://www.imdb.com/name/{}/",
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
        places: list[Key] = [("episode", episode)]
        places += [("segment", part) for part in archive.episode_segments.get(episode, ())]
        for place in places:
            if place in shown:
                items.append(("credit", (episode, place, tuple(shown[place]))))
    names = archive.lineage.names
    made = (names[at] for record in records for at in derived(archive.lineage, record))
    remixes = dict.fromkeys(
        id_ for id_ in made if id_ not in records and not archive.library.records[id_].withdrawn
    )
    return [*items, *(("record", id_) for id_ in records), *(("remix", id_) for id_ in remixes)]


def _plan_contributors(archive: Archive) -> Iterator[Output]:
    per_page = archive.settings.pages.per_page
    for id_, contributor in archive.library.contributors.items():
        path_ = permalink(("contributor", id_))
        if contributor.withdrawn:
            yield Output(f"{path_}index.html", "contributor", id_)
        else:
            yield from pages(path_, "contributor", _length(archive, id_, per_page), per_page, id_)


def _length(archive: Archive, key: str, per_page: int) -> int:
    """How many `items` there are; what fits on one page is not counted exactly, a quarter of the time."""
    made = archive.credits.records.get(key, ())
    remixes = sum([len(derived(archive.lineage, record)) for record in made])
    most = number_of_credits(archive, key) + remixes
    return most if most <= per_page else len(items(archive, key))


def _view_contributor(here: Here) -> v.ContributorPage:
    archive = here.archive
    id_ = here.output.id
    contributor = archive.library.contributors[id_]
    key = ("contributor", id_)
    title = here.title(key)
    trail = (el.Link(here.say("People"), here.href("contributors/")),)
    gone = tombstone(contributor)
    if gone:
        title = here.say("Withdrawn")
        nothing = el.Tombstone()
        return v.ContributorPage(
            site=site(here), name="", kind="person", pronouns="", also=(), avatar=None, memoriam="", body=(),
            links=(), identifiers=(), groups=(), members=(), on_screen=(), on_screen_total=0,
            episodes_total=0, records=(), records_total=0, remixes=(), remixes_total=0, topics=(),
            collaborators=(), tombstone=nothing,
            head=head(
                here, title, here.say("This page is gone."), trail=trail, menu="contributors/", indexed=False
            ),
        )  # fmt: skip
    listed = here.once("credit page", id_, lambda: items(archive, id_))
    shown = cut(here, listed)
    first = here.output.number == 1
    avatar = cover_of(here, contributor)
    totals = Counter([kind for kind, _ in listed])
    screen = [item for kind, item in listed if kind == "credit"]
    groups = archive.groups_of.get(id_, ())
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
        groups=tuple(here.person(group) for group in groups if archive.people[group].state == "public"),
        members=here.persons(archive.people[id_].members)[0],
        on_screen=_on_screen(here, [item for kind, item in shown if kind == "credit"]),
        on_screen_total=sum([len(credits) for _, _, credits in screen]),
        episodes_total=len({episode for episode, _, _ in screen}),
        records=tuple(record_card(here, item) for kind, item in shown if kind == "record"),
        records_total=totals["record"],
        remixes=tuple(record_card(here, item) for kind, item in shown if kind == "remix"),
        remixes_total=totals["remix"],
        topics=tuple(
            here.link(("topic", topic))
            for topic, lines in archive.references.suggested.items()
            if any(line.who == id_ for line in lines) and not archive.topics[topic].withdrawn
        ),
        collaborators=_collaborators(here, id_) if first else (),
        pager=pager(here, permalink(key), len(listed)),
        corrections=corrections(contributor),
        extra=contributor.extra,
        snippets=person_snippets(here, contributor, [credit for one in screen for credit in one[2]])
        if first
        else (),
        head=head(
            here,
            numbered(here, title),
            contributor.summary or contributor.body.plain,
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


def _bare(url: str) -> str:
    return url.partition("://")[2].removeprefix("www.").rstrip("/")


def _identifiers(contributor: Contributor) -> Iterator[el.Link]:
    for name, value in contributor.identifiers.items():
        safe = "".join(char for char in value if char.isalnum() or char in "-_")
        yield el.Link(
            f"{name.upper() if len(name) < 5 else name.capitalize()} {value}", IDENTIFIERS[name].format(safe)
        )


def _profile(here: Here, contributor: Contributor) -> dict[str, Any]:
    url = absolute(here, permalink(("contributor", contributor.id)))
    person: dict[str, Any] = {
        "@type": "Person" if contributor.kind == "person" else "Organization",
        "name": contributor.name,
        "url": url,
        "alternateName": list(contributor.also_credited_as),
        "description": contributor.summary or contributor.body.plain,
        "sameAs": [link.url for link in contributor.links if link.me],
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
        season = season if season in here.archive.seasons else ""
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
        at = sorted({ms for credit in same for ms in credit.at})
        entries.append(
            el.CreditEntry(
                place=here.link(place),
                kind=kind,
                reason=reason,
                roles=tuple((role_name(here, credit.role), ", ".join(credit.parts)) for credit in same),
                moments=moments_of(here, place, at),
                printed=tuple(dict.fromkeys(name for credit in same for name in credit.names)),
                notes=tuple(dict.fromkeys(note for credit in same for note in credit.notes)),
                records=tuple(here.link(("record", id_)) for id_ in records),
                path=path(here, same[0]),
                through=tuple(here.person(group) for group in through),
            )
        )
    return entries


def _collaborators(here: Here, key: str) -> tuple[el.Person, ...]:
    """People named at the same places, by name; never by how often."""
    archive = here.archive
    found: set[str] = set()
    for place in named_at(archive.credits, key):
        together = {line.who for line in lines_at(archive.credits, place)}
        if len(together) <= MOST_TOGETHER:
            found |= together
    found.discard(key)
    public = [who for who in found if archive.people[who].state == "public"]
    public.sort(key=lambda who: (archive.people[who].sort, who))
    return tuple(here.person(who) for who in public[:MOST_COLLABORATORS])


def letter_of(sort: str) -> str:
    """The letter that a sort key stands under: a to z, else "u0436", without letter "other" (rulings 20)."""
    first = next((char for char in unicodedata.normalize("NFKD", sort) if char.isalnum()), "")
    folded = words.slug(first)[:1]
    if folded.isalpha():
        return folded
    return f"u{ord(first.casefold()[0]):04x}" if first.isalpha() else "other"


def _listed(archive: Archive) -> list[str]:
    return [id_ for id_, one in archive.library.contributors.items() if not one.withdrawn]


def _by_letter(archive: Archive) -> dict[str, list[str]]:
    letters: dict[str, list[str]] = {}
    for id_ in _listed(archive):
        one = archive.library.contributors[id_]
        letters.setdefault(letter_of(one.sort_name or one.name), []).append(id_)
    return dict(sorted(letters.items(), key=lambda item: (len(item[0]) > 1, item[0] == "other", item[0])))


def _plan_list(archive: Archive) -> Iterator[Output]:
    people = _listed(archive)
    per_page = archive.settings.pages.per_page
    if people:
        yield from pages("contributors/", "contributors", len(people), per_page)
    if len(people) > per_page:
        for letter, ids in _by_letter(archive).items():
            path_ = f"contributors/letter/{letter}/"
            yield from pages(path_, "contributors", len(ids), per_page, facet=letter)


def _view_list(here: Here) -> v.PersonList:
    archive = here.archive
    letter = here.output.facet
    everybody = here.once("people", "", lambda: _listed(archive))
    letters = here.once("letters", "", lambda: _by_letter(archive))
    by_letter = letters if len(everybody) > archive.settings.pages.per_page else {}
    ids = by_letter[letter] if letter else everybody
    path_ = f"contributors/letter/{letter}/" if letter else "contributors/"
    title = here.say("People") + (f": {_letter_name(letter, here)}" if letter else "")
    return v.PersonList(
        site=site(here),
        title=title,
        people=tuple(person_card(here, id_) for id_ in cut(here, ids)),
        total=len(ids),
        facets=tuple(
            el.Facet(
                el.Link(_letter_name(one, here), here.href(f"contributors/letter/{one}/")),
                len(found),
                one == letter,
            )
            for one, found in by_letter.items()
        ),
        pager=pager(here, path_, len(ids)),
        head=head(
            here,
            numbered(here, title),
            "",
            menu="contributors/",
            indexed=here.output.number == 1 and not letter,
        ),
    )


def _letter_name(letter: str, here: Here) -> str:
    if letter == "other":
        return here.say("Other")
    return chr(int(letter[1:], 16)).upper() if len(letter) > 1 else letter.upper()


def _plan_roles(archive: Archive) -> Iterator[Output]:
    per_page = archive.settings.pages.per_page
    for role, people in archive.credits.holders.items():
        yield from pages(permalink(("role", role)), "role", len(people), per_page, role)


def _view_role(here: Here) -> v.PersonList:
    """Everybody who had a role."""
    archive = here.archive
    role = here.output.id
    people = archive.credits.holders[role]
    known = archive.vocabulary.roles.get(role)
    title = here.say(known.plural) if known else role
    return v.PersonList(
        site=site(here),
        title=title,
        people=tuple(person_card(here, id_) for id_ in cut(here, people)),
        total=len(people),
        pager=pager(here, permalink(("role", role)), len(people)),
        head=head(
            here,
            numbered(here, title),
            "",
            trail=(el.Link(here.say("Roles"), here.href("roles/")),),
            menu="contributors/",
            indexed=here.output.number == 1,
        ),
    )


def _plan_role_list(archive: Archive) -> Iterator[Output]:
    if archive.credits.holders:
        yield Output("roles/index.html", "roles", indexed=True)


def _view_role_list(here: Here) -> v.RoleList:
    archive = here.archive
    vocabulary = archive.vocabulary
    groups: dict[str, list[tuple[el.Link, int]]] = {group: [] for group in vocabulary.groups}
    order = {role: at for at, role in enumerate(vocabulary.roles)}
    for role, people in sorted(
        archive.credits.holders.items(), key=lambda item: order.get(item[0], len(order))
    ):
        known = vocabulary.roles.get(role)
        label = here.say(known.plural) if known else role
        group = known.group if known else "misc"
        groups.setdefault(group, []).append(
            (el.Link(label, here.href(permalink(("role", role)))), len(people))
        )
    title = here.say("Roles")
    return v.RoleList(
        site=site(here),
        title=title,
        groups=tuple(
            el.RoleGroup(
                here.say(vocabulary.groups[group].label) if group in vocabulary.groups else group,
                tuple(roles),
            )
            for group, roles in groups.items()
            if roles
        ),
        total=len(archive.credits.holders),
        head=head(here, title, "", menu="contributors/"),
    )


KINDS = (
    PageKind("contributors", _plan_list, _view_list),
    PageKind("contributor", _plan_contributors, _view_contributor),
    PageKind("roles", _plan_role_list, _view_role_list),
    PageKind("role", _plan_roles, _view_role),
)
