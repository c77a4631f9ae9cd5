"""What the panel in the browser asks for: problems, where to edit, why somebody is on a page, statistics."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import jinja2
import msgspec

from byline import explain, wording
from byline.mentions import documents
from byline.preview.letters import Ask, Options
from byline.preview.serving import STATIC
from byline.preview.state import Shown, State, find, planned
from byline.problems import Located, Problem, as_json
from byline.read.places import pinpoint
from byline.renditions import referred
from byline.statistics import statistics
from byline.values import Key, Output

# A panel shows so many problems, the page of statistics so many lines of a kind.
MOST = 200


def words(language: str) -> dict[str, str]:
    """The panel's words in a language."""
    say = wording.catalogue(language).gettext
    return {
        "preview": say("Preview"),
        "problems": say("Problems"),
        "none": say("No problems"),
        "here": say("On this page"),
        "elsewhere": say("Elsewhere"),
        "more": say("The terminal lists the others."),
        "edit": say("Edit this"),
        "copied": say("The file's path was copied."),
        "why": say("Why is this here?"),
        "nothing": say("No credit stands behind this."),
        "working": say("A newer version is being made …"),
        "stale": say("This is the last version without errors."),
        "empty": say("Nothing can be shown before these errors are mended."),
        "draft": say("Draft"),
        "embargo": say("Not published before"),
        "statistics": say("Statistics"),
        "lost": say("The preview has ended."),
    }


def facts(options: Options, now: State, problems: Sequence[Located], ask: Ask) -> bytes:
    """What the panel shows of a page, as JSON: its own problems first, and the file that it comes from.

    `here` counts the problems of the page, `hidden` are pages that a build would leave out.
    """
    shown = now.shown
    status, name = find(shown, ask.path) if shown else (404, "")
    output = planned(shown, name) if shown and status != 301 else None
    source, files = _source(shown, output)
    here = [one for one in problems if one.span.path in files]
    here.sort(key=lambda one: one.span.path != source)
    listed = [*here, *(one for one in problems if one.span.path not in files)]
    language = shown.checked.settings.archive.language if shown else "en"
    answer: dict[str, Any] = {
        "problems": msgspec.json.decode(as_json(listed[:MOST]))["problems"],
        "here": len(here),
        "total": len(listed),
        "errors": sum(one.problem.severity == "error" for one in listed),
        "sound": now.sound,
        "source": source,
        "line": _line(options, shown, output),
        "hidden": shown.hidden if shown else {},
        "base": shown.rules.base if shown else "/",
        "language": language,
        "words": words(language),
    }
    return msgspec.json.encode(answer)


def _source(shown: Shown | None, output: Output | None) -> tuple[str, set[str]]:
    """The file that a page is written in, "" for lists, and all files that it depends on."""
    if shown is None or output is None:
        return "", set()
    archive = shown.workshop.frame.archive
    key = explain.key_of(output)
    if key is None:
        return "", set()
    return explain.document(archive, key).place.path, explain.depends(archive, key)


def _line(options: Options, shown: Shown | None, output: Output | None) -> int:
    """The line of the row that a page is written in; 0 for a file of its own."""
    key = explain.key_of(output) if output else None
    if shown is None or key is None:
        return 0
    place = explain.document(shown.workshop.frame.archive, key).place
    if not place.path.endswith((".csv", ".jsonl")):
        return 0
    return pinpoint(Path(options.root), (Problem("", "", place),))[0].span.line


def reasons(options: Options, now: State, _problems: Sequence[Located], ask: Ask) -> bytes:
    """Why the page names what `about` leads to (an address, or a name without page), as a list in JSON."""
    shown = now.shown
    if shown is None:
        return b"[]"
    key = _key(shown, ask.path)
    about = _key(shown, ask.about) or ask.about
    archive = shown.workshop.frame.archive
    return msgspec.json.encode(explain.why(Path(options.root), archive, key, about))


def _key(shown: Shown, path: str) -> Key | None:
    status, name = find(shown, path)
    output = planned(shown, name) if status in (200, 410) else None
    return explain.key_of(output) if output else None


def overview(_options: Options, now: State, _problems: Sequence[Located], _ask: Ask) -> bytes:
    """The page of statistics."""
    shown = now.shown
    if shown is None:
        return b""
    checked, archive = shown.checked, shown.workshop.frame.archive
    used = {path for document in documents(archive.library) for path, _ in referred(document)}
    used.add(checked.settings.archive.picture)
    language = checked.settings.archive.language
    library = archive.library
    page = _environment(language).get_template("statistics.html")
    return page.render(
        found=statistics(archive, used, shown.files),
        counts=(
            len(library.episodes),
            len(library.segments),
            len(library.records),
            len(library.contributors),
        ),
        title=checked.settings.archive.title,
        base=shown.rules.base,
        language=language,
        most=MOST,
    ).encode()


@cache
def _environment(language: str) -> jinja2.Environment:
    env = jinja2.Environment(
        loader=jinja2.FileSystemLoader(STATIC),
        undefined=jinja2.StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    env.filters.update(wording.filters(language))
    env.install_gettext_translations(wording.catalogue(language), newstyle=True)  # type: ignore[attr-defined]
    return env


ANSWERS = {"panel": facts, "why": reasons, "statistics": overview}
