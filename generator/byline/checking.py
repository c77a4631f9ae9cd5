"""All that is known before anything is made: an archive is read, linked and planned."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from hashlib import blake2b
from itertools import accumulate
from pathlib import Path

import msgspec

from byline import below, recall, renditions, static, templating, vocabulary
from byline import text as words
from byline.ahead import NOTHING, Ahead
from byline.archive import Archive, link
from byline.asked import Asked
from byline.collisions import collisions
from byline.measures import measure
from byline.media.fonts import faces
from byline.pages import registry
from byline.pages.rules import hashed
from byline.problems import Place, Problem
from byline.read.files import read_bytes
from byline.read.scan import Scan, Walked
from byline.reading import Texts, Watch, begin, crew_size
from byline.stages import Checked, Contents, Linked
from byline.times import moment, today
from byline.values import AnyDocument, Output

# Where more files than this have to be read, nearly all pages will have to be made.
MANY = 500


def check(
    asked: Asked, begun: Ahead = NOTHING, walked: Walked | None = None, keeps: bool = False, again: int = 0
) -> Checked:
    """Read, link and plan an archive; every problem of all stages is in the answer.

    `walked` is a walk that was begun already, `again` how many files were read since. A build `keeps` what
    was linked for the next one.
    """
    reading = begun.reading or begin(asked, walked)
    configured = reading.settings
    templates = begun.templates if begun.settings[0] == configured else None
    templates = templates or templating.load(asked.root, configured.build.theme, configured.archive.language)
    # It takes one process, and longer than linking; without this every process would do it for itself.
    if reading.files > MANY and crew_size(asked, configured) > 1:
        templates.ready()
        templates.compile_beside()
    texts = reading.texts()
    texts = msgspec.structs.replace(texts, again=texts.again + again)
    contents = read(asked, texts)
    if contents.scan is None:
        return Checked(contents, contents.problems)
    parts = linked(contents, contents.scan, today(asked.on))
    if asked.cache and keeps:
        recall.keep(asked.cache, parts, texts.problems)
    return plan(asked.root, parts, templates)


def check_words(asked: Asked, begun: Ahead, walked: Walked) -> tuple[Checked | None, int]:
    """The same where only words have changed since an archive was linked, with no others; else None. And how
    many files were read.

    Of an archive that was `walked` through, as far as the cache knows it.
    """
    configured, said = begun.settings
    if configured is None or asked.cache is None:
        return None, 0
    parts, again = recall.recall(asked.root, configured, said, walked, asked.cache, today(asked.on))
    return plan(asked.root, parts, begun.templates) if parts else None, again


def read(asked: Asked, texts: Texts, compares: bool = True) -> Contents:
    """What stands in an archive's folder: what its files gave, and the media that they refer to.

    A build `compares` it with the last one.
    """
    configured, found, entries = texts.settings, texts.scan, texts.entries
    spoken = vocabulary.extend(
        vocabulary.builtin(),
        configured.roles,
        configured.kinds,
        configured.source_kinds,
        configured.archive.language,
    )
    if found is None:
        return Contents(configured, texts.problems, spoken)
    watch = Watch()
    documents: list[AnyDocument] = []
    said: list[Problem] = []
    seen: list[bytes] = []
    unnamed: list[bytes] = []
    earlier: dict[str, bytes] = {}
    digests: dict[str, bytes] = {}
    rows: dict[str, bytes] = {}
    for path, entry in entries.items():  # once: most of the time goes into fetching them from memory
        documents += entry.read.documents
        said += entry.read.problems
        seen.append(entry.alike or entry.digest)
        unnamed.append(entry.near or seen[-1])
        digests[path] = entry.digest
        rows.update(entry.rows)
        if entry.alike:
            earlier[path] = entry.alike
    places = renditions.wanted(documents, configured.archive.picture, found.files)
    measured = measure(asked, tuple(places), found.states, configured.media, crew_size(asked, configured))
    media = {path: one.medium for path, one in measured.items() if one.medium}
    watch("probe")
    problems = (
        *texts.problems,
        *_unread(found.problems, places),
        *(_with_errors(said) if configured.markdown.links == "error" else said),
        *renditions.faults(measured, places, configured.media),
        *renditions.late_captions(documents, media, configured.media),
    )
    alike = nameless = b""
    if compares:
        around = msgspec.msgpack.encode((found.sources, found.bundles, list(found.files)))
        alike, nameless = _digest(around, seen), _digest(around, unnamed)
    return Contents(
        configured,
        problems,
        spoken,
        found,
        documents,
        media,
        alike=alike,
        digests=digests,
        earlier=earlier,
        nameless=nameless,
        rows=rows,
        lost=_lost(asked.root, found, said),
        statics={} if asked.verify else static.states(asked.root, texts.started),
        again=texts.again,
        started=texts.started,
        stages=(*texts.stages, *watch.stages),
    )


def _unread(said: Sequence[Problem], places: Collection[str]) -> list[Problem]:
    """The same without files and folders that no document is read from, where documents refer to them."""
    if not any(one.code == "unknown-file" for one in said):
        return list(said)
    shown = {
        *places,
        *(folder for path in places for folder in accumulate(path.split("/")[:-1], "{}/{}".format)),
    }
    return [one for one in said if one.code != "unknown-file" or one.place.path not in shown]


def _with_errors(said: Sequence[Problem]) -> list[Problem]:
    """The same, where links that cannot be followed are errors: reading a file does not depend on that."""
    return [msgspec.structs.replace(one, severity="error") if one.code == "bad-link" else one for one in said]


def _lost(root: Path, found: Scan, said: Sequence[Problem]) -> dict[str, set[str]]:
    """The ids, by kind, that may stand in files with errors: of a document its name and what it says, of a
    ledger what its lines begin with.
    """
    wrong = {one.place.path for one in said if one.severity == "error"}
    lost: dict[str, set[str]] = {}
    for source in found.sources if wrong else ():
        if source.path not in wrong:
            continue
        ids = lost.setdefault(source.kind, set())
        try:
            text = read_bytes(f"{root}/{source.path}").replace(b"\0", b"").decode("utf-8", "replace").lower()
        except OSError:
            text = ""
        if source.form == "md":
            ids |= {source.id, words.slug(source.id), *re.findall(r"^id:[ \t]*([\w.-]+)", text, re.MULTILINE)}
        else:
            ids.update(re.findall(r'(?:^[ "]*|"id": *")([\w.-]{1,100})', text, re.MULTILINE))
    return lost


def _known(problems: Sequence[Problem], lost: Mapping[str, Collection[str]]) -> tuple[Problem, ...]:
    """The problems without those of ids that may stand in a file that could not be read whole: what is wrong
    there is told, and that they are unknown may not be so.
    """

    def may_be(one: Problem) -> bool:
        kind = "record" if one.code == "unknown-source" else one.code.removeprefix("unknown-")
        return one.unknown.rpartition("/")[2] in lost.get(kind, ())

    return tuple(one for one in problems if not (one.unknown and may_be(one))) if lost else tuple(problems)


def linked(contents: Contents, found: Scan, day: str) -> Linked:
    """The archive of what was read, on a day, and its pages.

    The day decides what is shown and not what is wrong: that is said as of the end of all embargoes, too.
    """
    watch = Watch()
    archive, problems = _on(day, contents, found)
    problems = _known(problems, contents.lost)
    if contents.settings.media.embed_credit:
        archive = renditions.credited(archive)
    watch("link")
    pages = registry.apart(archive)
    media = tuple(renditions.outputs(archive))
    watch("pages")
    dated = (moment(one.publish)[:10] for one in contents.documents if one.publish and not one.draft)
    ends = [when for when in dated if when > day]
    if ends:
        told = {(one.code, one.place) for one in (*problems, *collisions(archive, pages))}
        later = _wrong(max(ends), contents, found)
        problems += tuple(one for one in later if (one.code, one.place) not in told)
        watch("embargoes")
    until = min(ends, default="9999-99")
    return Linked(contents, archive, problems, pages, media, until, tuple(watch.stages))


def _on(day: str, contents: Contents, found: Scan) -> tuple[Archive, tuple[Problem, ...]]:
    return link(
        contents.settings,
        contents.vocabulary,
        contents.documents,
        found.bundles,
        found.files,
        contents.media,
        day,
    )


def _wrong(day: str, contents: Contents, found: Scan) -> tuple[Problem, ...]:
    """What is wrong on another day; the archive as it is then is not kept, so that nothing shows it."""
    archive, problems = _on(day, contents, found)
    return (*_known(problems, contents.lost), *collisions(archive, registry.apart(archive)))


def plan(
    root: Path,
    parts: Linked,
    templates: templating.Templates | None = None,
    before: Checked | None = None,
) -> Checked:
    """Everything that the site of an archive will hold, and every problem so far.

    `templates` are compiled ones that are still right, `before` an earlier answer with the same places.
    """
    watch, archive, contents = Watch(), parts.archive, parts.contents
    configured, day = contents.settings, archive.day
    templates = templates or templating.load(root, configured.build.theme, configured.archive.language)
    assets = {asset.href: asset for asset in templates.assets()}
    fonts, font_problems = faces(root, configured.media.fonts)
    unpictured = renditions.unpictured(configured, contents.scan.files if contents.scan else ())
    files, static_problems = static.outputs(root)
    own = {output.path for output in files}
    # What an editor keeps in static/ for a host is read instead of ours.
    pages = (page for page in parts.pages if page.kind != "rules" or page.path not in own)
    apart = (*pages, *(Output(href, "asset") for href in assets), *files, *parts.media)
    if before and before.apart == apart:
        apart, clashes = before.apart, before.clashes
    else:
        clashes = tuple(collisions(archive, apart))
    watch("plan")
    return Checked(
        contents,
        (
            *(*contents.problems, *parts.problems, *below.faults(root), *templates.check()),
            *(*static_problems, *_kept_for_long(files), *font_problems, *unpictured, *clashes),
        ),
        archive,
        apart,
        templates,
        assets,
        fonts,
        clashes,
        (day, parts.until),
        (contents.again, len(contents.scan.sources) if contents.scan else 0),
        (*contents.stages, *parts.stages, *watch.stages),
        parts.words,
    )


def _digest(around: bytes, texts: Sequence[bytes]) -> bytes:
    return blake2b(around + b"".join(texts), digest_size=16).digest()


def _kept_for_long(files: Iterable[Output]) -> Iterator[Problem]:
    """What is said of files of static/ that browsers are told to keep."""
    for output in files:
        if hashed(output.path):
            message = f"browsers keep what stands in {output.path.partition('/')[0]}/ for a year"
            hint = "move it to another folder of static/, so that a new version is seen"
            yield Problem("kept-for-long", message, Place(output.id), hint, "warning")
