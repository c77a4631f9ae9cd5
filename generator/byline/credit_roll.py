"""The credits of an episode outside its page: for a video's description, a table, or an end-credit card.

Pure. The order is the roll's; every form says the same names.
"""

import csv
import io
import json
from collections.abc import Callable, Iterator, Sequence
from gettext import NullTranslations
from typing import Any

from byline.archive import Archive, episode_roll
from byline.permalinks import permalink
from byline.times import timecode
from byline.values import Credit

# An end-credit card stands this long, and longer for every name on it, in milliseconds.
CARD, NAME = 1500, 500


def _cards(
    archive: Archive, credits: Sequence[Credit], words: NullTranslations
) -> Iterator[tuple[str, str, list[str]]]:
    """Reason, heading and names of every role, in order; withdrawn people are counted, not named."""
    groups: dict[tuple[str, str], dict[str, list[Credit]]] = {}
    for credit in credits:
        groups.setdefault((credit.reason, credit.role), {}).setdefault(credit.who, []).append(credit)
    for (reason, role), people in groups.items():
        known = archive.vocabulary.roles.get(role)
        heading = role
        if known:
            heading = words.gettext(known.heading(len(people) > 1))
        names = [_line(archive, who, same) for who, same in people.items() if _public(archive, who)]
        gone = len(people) - len(names)
        if gone:
            names.append(_gone(words, gone))
        yield reason, heading, names


def _gone(words: NullTranslations, number: int) -> str:
    """So many withdrawn people, without their names."""
    said = words.ngettext("a withdrawn contributor", "%(num)s withdrawn contributors", number)
    return said % {"num": number}


def _public(archive: Archive, who: str) -> bool:
    return archive.people[who].state != "withdrawn"


def _line(archive: Archive, who: str, credits: Sequence[Credit]) -> str:
    """A name as it is printed, with the part."""
    printed = dict.fromkeys(name for credit in credits for name in credit.names)
    parts = dict.fromkeys(part for credit in credits for part in credit.parts)
    name = " / ".join(printed) or archive.people[who].name
    return f"{name} ({', '.join(parts)})" if parts else name


COLUMNS = tuple("reason role heading name id as credited_as at note place records url".split())
REASONS = {"named": "", "used": "With the work of", "source": "Built on the work of"}  # as pages say it


def as_text(archive: Archive, episode: str, words: NullTranslations) -> str:
    """Plain text, as a video's description takes it."""
    out: list[str] = [archive.library.episodes[episode].title]
    before = "named"
    for reason, heading, names in _cards(archive, episode_roll(archive, episode), words):
        if reason != before:
            out += ["", words.gettext(REASONS[reason]).upper()]
            before = reason
        out += ["", heading, *(f"  {name}" for name in names)]
    out += ["", archive.settings.archive.base_url + permalink(("episode", episode))]
    return "\n".join(out) + "\n"


def as_markdown(archive: Archive, episode: str, words: NullTranslations) -> str:
    """Markdown with a link to everybody's page."""
    base = archive.settings.archive.base_url
    link = base + permalink(("episode", episode))
    out = [f"## [{_plain(archive.library.episodes[episode].title)}]({link})"]
    before = ""
    for row in _rows(archive, episode, words):
        if row["heading"] != before:
            before = row["heading"]
            out += ["", f"### {_plain(before)}", ""]
        name = _plain(row["credited_as"] or row["name"])
        part = f" ({_plain(row['as'])})" if row["as"] else ""
        out.append(f"- [{name}]({row['url']}){part}" if row["url"] else f"- {name}{part}")
    return "\n".join(out) + "\n"


def _plain(text: str) -> str:
    return "".join(f"\\{char}" if char in "\\`*_[]<>#|" else char for char in text)


def as_csv(archive: Archive, episode: str, words: NullTranslations) -> str:
    """A table: one row a credit (RFC 4180)."""
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\r\n")
    writer.writeheader()
    for row in _rows(archive, episode, words):
        writer.writerow({name: _inert(str(value)) for name, value in row.items()})
    return out.getvalue()


def _inert(text: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t")) else text


def as_json(archive: Archive, episode: str, words: NullTranslations) -> str:
    """The same rows for programs."""
    rows = list(_rows(archive, episode, words))
    found = {"episode": episode, "title": archive.library.episodes[episode].title, "credits": rows}
    return json.dumps(found, ensure_ascii=False, indent=1) + "\n"


def _rows(archive: Archive, episode: str, words: NullTranslations) -> Iterator[dict[str, Any]]:
    """One flat row a credit, with what `COLUMNS` names."""
    base = archive.settings.archive.base_url
    for credit in episode_roll(archive, episode):
        person = archive.people[credit.who]
        public = person.state == "public"
        known = archive.vocabulary.roles.get(credit.role)
        gone = person.state == "withdrawn"
        heading = words.gettext(known.label) if known else credit.role
        if REASONS[credit.reason]:
            heading = f"{words.gettext(REASONS[credit.reason])}: {heading}"
        yield {
            "reason": credit.reason,
            "role": credit.role,
            "heading": heading,
            "name": _gone(words, 1) if gone else person.name,
            "id": person.key if public else "",
            "as": ", ".join(credit.parts),
            "credited_as": ", ".join(credit.names),
            "at": ", ".join(timecode(ms) for ms in credit.at),
            "note": "; ".join(credit.notes),
            "place": credit.place[1],
            "records": ", ".join(credit.records),
            "url": base + permalink(("contributor", person.key)) if public else "",
        }


def as_srt(archive: Archive, episode: str, words: NullTranslations) -> str:
    """SubRip: one card a role, in sequence from 0:00, to be laid over a film's end."""
    out, start = [], 0
    for number, (_, heading, names) in enumerate(_cards(archive, episode_roll(archive, episode), words), 1):
        end = start + CARD + NAME * len(names)
        out += [str(number), f"{_clock(start)} --> {_clock(end)}", heading, *names, ""]
        start = end
    return "\n".join(out)


def _clock(ms: int) -> str:
    seconds, rest = divmod(ms, 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02},{rest:03}"


FORMATS: dict[str, Callable[[Archive, str, NullTranslations], str]] = {
    "text": as_text,
    "csv": as_csv,
    "json": as_json,
    "markdown": as_markdown,
    "srt": as_srt,
}
