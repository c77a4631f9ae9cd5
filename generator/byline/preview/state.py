"""One state of an archive in memory, and the pages that it shows: the same functions that a build calls."""

import hashlib
import time
from collections.abc import Collection, Mapping
from pathlib import Path

import msgspec

from byline import static
from byline.archive import Archive
from byline.assembly import workshop
from byline.identify import is_hidden
from byline.make import Workshop, make
from byline.mentions import documents
from byline.pages import registry
from byline.pages.here import by_kind
from byline.pages.rules import Rules, rules
from byline.permalinks import permalink
from byline.preview.letters import Answer, Options
from byline.problems import Located, Place, Problem
from byline.read.places import pinpoint
from byline.recheck import Memory, check_again, read_changed, unchanged
from byline.settings import Settings
from byline.stages import Checked, Contents
from byline.times import today
from byline.values import AnyDocument, Artifact, Manifest, Output, Season, Segment, Topic, key_of


class Shown(msgspec.Struct, frozen=True):
    """A sound archive: what makes its outputs, those apart by path, and what a host would do with them.

    `pages` are those that were planned when it was last linked: the same ones as long as only words change.
    `styles` are the addresses of style sheets with their plain names, `hidden` the addresses of pages that a
    build would leave out, with the day on which it will not ("" for drafts). `files` stand in content/, and
    are no documents.
    """

    number: int
    checked: Checked
    workshop: Workshop
    pages: tuple[Output, ...]
    apart: Mapping[str, Output]
    styles: tuple[tuple[str, str], ...]
    rules: Rules
    moved: Mapping[str, str]
    gone: frozenset[str]
    hidden: Mapping[str, str]
    files: tuple[str, ...]


class State(msgspec.Struct, frozen=True):
    """What is known of the archive now: problems with their places, and what is shown of it.

    That is the newest state, or the last one that was sound; None where there was none yet. `folders` are
    those that it was read from, `statics` the files of static/ by their paths and times.
    """

    number: int
    located: tuple[Located, ...]
    sound: bool
    shown: Shown | None
    seconds: float
    folders: tuple[str, ...]
    statics: frozenset[tuple[str, int]]


def renew(options: Options, memory: Memory, before: State | None, paths: Collection[str] = ()) -> State:
    """The archive as it stands on disk now; `paths` are those that may have changed since, none: any.

    Raises FileNotFoundError where files vanish while they are looked for.
    """
    started = time.monotonic()
    root = Path(options.root)
    contents = read_changed(root, options.overrides, Path(options.cache), memory, paths)
    early: dict[Place, str] = {}
    if options.drafts:
        contents, early = _published(contents, today(options.on))
    checked = check_again(root, contents, options.on, memory)
    number = before.number + 1 if before else 1
    shown = before.shown if before else None
    if checked.sound:
        assert memory.linked is not None
        pages = memory.linked.pages
        reworded = shown is not None and shown.pages is pages
        shown = _show(options, checked, contents, pages, number, early, shown if reworded else None)
    located = pinpoint(root, checked.problems)
    seconds = time.monotonic() - started
    folders = _folders(contents.settings if contents.scan or shown is None else shown.checked.settings)
    return State(number, located, checked.sound, shown, seconds, folders, _statics(root))


def faulty(before: State | None, fault: Located) -> State:
    """The state after a fault of the program: the last one, no longer sound."""
    if before is None:
        return State(1, (fault,), False, None, 0.0, _folders(Settings()), frozenset())
    others = tuple(one for one in before.located if one.problem.code != fault.problem.code)
    return msgspec.structs.replace(before, number=before.number + 1, located=(fault, *others), sound=False)


def settled(options: Options, memory: Memory, now: State) -> bool:
    """Whether the archive on disk is still the one that `now` was made from."""
    root = Path(options.root)
    return unchanged(root, options.overrides, memory) and _statics(root) == now.statics


def _folders(settings: Settings) -> tuple[str, ...]:
    fonts = {font.rpartition("/")[0] for font in settings.media.fonts}
    return tuple(sorted({settings.build.content, "templates", "themes", "static", *fonts} - {""}))


def _statics(root: Path) -> frozenset[tuple[str, int]]:
    """The files of static/, which are published by their own names, with their times."""
    return frozenset((one.path, (root / one.id).lstat().st_mtime_ns) for one in static.outputs(root)[0])


def _published(contents: Contents, day: str) -> tuple[Contents, dict[Place, str]]:
    """Contents with drafts and documents under embargo as if they were published today, and which ones these
    are: each with the day on which it will be, "" for drafts.
    """
    early: dict[Place, str] = {}
    texts: list[AnyDocument] = []
    for document in contents.documents:
        if is_hidden(document, day):
            early[document.place] = "" if document.draft else document.publish
            # Feeds list what has a date.
            document = msgspec.structs.replace(document, draft=False, publish=min(document.publish, day))
        texts.append(document)
    return msgspec.structs.replace(contents, documents=texts, alike=b""), early


def _show(
    options: Options,
    checked: Checked,
    contents: Contents,
    pages: tuple[Output, ...],
    number: int,
    early: Mapping[Place, str],
    before: Shown | None,
) -> Shown:
    """What is shown of a sound archive; `before` is an earlier one with the same links."""
    archive = checked.archive
    assert archive is not None
    table = before.rules if before else rules(archive)
    known = before if before and before.checked.apart is checked.apart else None
    return Shown(
        number=number,
        checked=checked,
        workshop=_workshop(options, checked, known),
        pages=pages,
        apart=known.apart if known else {output.path: output for output in checked.apart},
        styles=tuple((href, asset.name) for href, asset in checked.assets.items() if href.endswith(".css")),
        rules=table,
        moved=dict(table.moved),
        gone=frozenset(table.gone),
        hidden=_hidden(archive, early) if early else {},
        files=tuple(sorted(contents.scan.files)) if contents.scan else (),
    )


def _workshop(options: Options, checked: Checked, known: Shown | None) -> Workshop:
    """What makes the outputs; of an earlier one with the same outputs what takes long to gather."""
    same = known is not None and (known.checked.templates, known.checked.fonts) == (
        checked.templates,
        checked.fonts,
    )
    if known is None or not same:
        return workshop(Path(options.root), checked, Manifest(), Path(options.cache))
    assert checked.archive is not None
    documents = by_kind(checked.archive)
    # Cards show how texts begin; links and people are the same.
    frame = msgspec.structs.replace(
        known.workshop.frame, archive=checked.archive, documents=documents, memo={}, shared={}
    )
    return msgspec.structs.replace(known.workshop, frame=frame)


def _hidden(archive: Archive, early: Mapping[Place, str]) -> dict[str, str]:
    """The pages that a build would leave out: of hidden documents, of segments of hidden episodes, and of
    seasons and topics without a file that only hidden episodes name.
    """
    library = archive.library
    episodes = {key: early.get(episode.place) for key, episode in library.episodes.items()}
    written = {episode.place for episode in library.episodes.values()}
    found: dict[str, str] = {}
    for document in documents(library):
        kind, identity = key_of(document)
        state = early.get(document.place)
        if state is None and isinstance(document, Segment):
            state = episodes[document.episode]
        elif isinstance(document, Season | Topic) and document.place in written:
            group = archive.season_episodes if kind == "season" else archive.topic_episodes
            states = [episodes[key] for key in group[identity]]
            state = None if None in states else min(filter(None, states), default="")
        if state is not None:
            paths = [output.path for output in registry.beside(archive, kind, (identity,))]
            pages = [path.removesuffix("index.html") for path in paths if path.endswith("/index.html")]
            found |= dict.fromkeys([permalink((kind, identity)), *pages], state)
    return found


def planned(shown: Shown, name: str) -> Output | None:
    """The output of this path, which is planned only now where it is beside a document."""
    if name in shown.apart:
        return shown.apart[name]
    archive = shown.workshop.frame.archive
    others = shown.checked.outputs if name.startswith("sitemap") else registry.below(archive, name)
    return next((output for output in others if output.path == name), None)


def find(shown: Shown, path: str) -> tuple[int, str]:
    """What an address leads to: a status and an output; with 301 another address.

    Old addresses of pages lead on and withdrawn people are gone (410), as hosts do that read rules.
    """
    folder = path == "" or path.endswith("/")
    name = f"{path}index.html" if folder else path
    output = planned(shown, name)
    if path in shown.moved and (output is None or output.kind == "redirect"):
        return 301, shown.moved[path]
    if output:
        return (410 if path in shown.gone else 200), name
    if not folder and planned(shown, f"{path}/index.html"):
        return 301, f"{path}/"
    return 404, "404.html"


def page(shown: Shown, path: str) -> tuple[Answer, Problem | None]:
    """The answer to a request for an address, and what is wrong with the page where it cannot be made."""
    status, name = find(shown, path)
    if status == 301:
        return Answer(0, 301, location=name, state=shown.number), None
    output = planned(shown, name)
    assert output is not None
    answer = Answer(0, status, name, state=shown.number)
    if output.kind == "static":
        return msgspec.structs.replace(answer, file=output.id), None
    if output.kind == "media":
        medium = shown.workshop.frame.archive.media[output.id]
        limits = shown.checked.settings.media.limits
        return msgspec.structs.replace(answer, medium=medium, operation=output.facet, limits=limits), None
    made = make(shown.workshop, output)
    if not isinstance(made, Artifact):
        return msgspec.structs.replace(answer, status=500), made
    data, styles = made.data or b"", []
    plain = data
    for href, style in shown.styles:
        if href.encode() in plain:
            plain = plain.replace(href.encode(), style.encode())
            styles.append(href)
    digest = hashlib.blake2b(plain, digest_size=16).hexdigest()
    return msgspec.structs.replace(
        answer, data=data, digest=made.digest, plain=digest, styles=tuple(styles)
    ), None
