"""Lists of people: all contributors, by letter and by role."""

from collections.abc import Iterator

from byline.alphabet import initial
from byline.archive import Archive
from byline.named import ANYBODY
from byline.pages import elements as el
from byline.pages import views as v
from byline.pages.cards import person_card
from byline.pages.frame import head, site
from byline.pages.here import Here
from byline.pages.kind import PageKind, pages
from byline.pages.listing import cut, described, numbered, pager
from byline.permalinks import permalink
from byline.values import Output


def letter_of(sort: str) -> str:
    """The letter that a sort name stands under: a to z, else "u0436", without letter "other"."""
    first = initial(sort)
    if not first:
        return "other"
    return first if first.isascii() else f"u{ord(first):04x}"


def _listed(archive: Archive) -> list[str]:
    return [id_ for id_, one in archive.library.contributors.items() if not one.withdrawn]


def _by_letter(archive: Archive) -> dict[str, list[str]]:
    """Everybody by letter; letters come as the names do, so digits and signs first."""
    letters: dict[str, list[str]] = {}
    for id_ in _listed(archive):
        one = archive.library.contributors[id_]
        letters.setdefault(letter_of(one.sort_name or one.name), []).append(id_)
    return letters


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
    here.named.add(ANYBODY)
    letter = here.output.facet
    everybody = here.once("people", "", lambda: _listed(archive))
    letters = here.once("letters", "", lambda: _by_letter(archive))
    by_letter = letters if len(everybody) > archive.settings.pages.per_page else {}
    ids = by_letter[letter] if letter else everybody
    path_ = f"contributors/letter/{letter}/" if letter else "contributors/"
    title = here.say("People") + (f": {_letter_name(here, letter)}" if letter else "")
    return v.PersonList(
        site=site(here),
        title=title,
        people=tuple(person_card(here, id_) for id_ in cut(here, ids)),
        total=len(ids),
        facets=tuple(
            el.Facet(
                el.Link(_letter_name(here, one), here.href(f"contributors/letter/{one}/")),
                len(found),
                one == letter,
            )
            for one, found in by_letter.items()
        ),
        pager=pager(here, path_, len(ids)),
        head=head(
            here,
            numbered(here, title),
            described(here, title if letter else "", _number(here, len(ids))),
            menu="contributors/",
            indexed=here.output.number == 1 and not letter,
        ),
    )


def _number(here: Here, people: int) -> str:
    return here.frame.count("%(num)s person", "%(num)s people", people)


def _letter_name(here: Here, letter: str) -> str:
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
    here.named.add(ANYBODY)
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
            described(here, title, _number(here, len(people))),
            about=title,
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
        head=head(
            here,
            title,
            described(here, here.frame.count("%(num)s role", "%(num)s roles", len(archive.credits.holders))),
            menu="contributors/",
        ),
    )


KINDS = (
    PageKind("contributors", _plan_list, _view_list),
    PageKind("roles", _plan_role_list, _view_role_list),
    PageKind("role", _plan_roles, _view_role),
)
