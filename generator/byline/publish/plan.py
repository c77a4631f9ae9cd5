"""What a site will be, before any of it is made: files, bytes, folders, redirects, and what hosts take."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

import msgspec

from byline.archive import Archive
from byline.pages.rules import moved
from byline.publish import release as r
from byline.publish.hosts import Limits
from byline.stages import Checked
from byline.values import Manifest, Output

# What a file of a kind takes where nothing of that kind has been made before: means of a real archive's site.
TYPICAL: dict[str, float] = {
    **{"card": 12_000, "sitemap": 5_000_000, "badge": 1_500, "oembed": 700},
    **{"media poster": 14_000, "media wave": 3_500},
    # By the pixel: what lies between drawings and photographs.
    **{"media avif": 0.06, "media webp": 0.07, "media jpeg": 0.12, "media png": 0.6, "media anim": 1.5},
}
PAGE = 8_000
# So many of the largest files and fullest folders are named.
SHOWN = 5
# A publish adds a few files of its own: the record, and what a host looks for at its root.
OWN = 5
# The kinds of side files that a switch of [pages] leaves out, cheapest loss first.
SWITCHES = {
    "badges": ("badge",),
    "embeds": ("embed", "oembed"),
    "feeds": ("feed", "atom"),
    "cards": ("card",),
    "json": ("record-json", "episode-json", "segment-json", "work-schema"),
    "credits_json": ("credits-json",),
}


class Plan(msgspec.Struct, frozen=True):
    """A site as planned. Sizes in bytes; `estimated` says of how many files the size is a guess.

    `entries` counts files and folders, `folders` the entries of each folder; `rules` the redirects that a
    host's own rules would hold, `longest` the characters of the longest of these.
    """

    sizes: dict[str, int]
    kinds: dict[str, tuple[int, int]]
    estimated: int
    folders: dict[str, int]
    redirects: int
    longest: int

    @property
    def files(self) -> int:
        """How many files there will be."""
        return len(self.sizes)

    @property
    def bytes(self) -> int:
        """How many bytes they will take."""
        return sum(self.sizes.values())


def plan(root: Path, checked: Checked, built: Manifest) -> Plan:
    """Measure a site: what was built before by its own size, files by theirs, the rest by its kind."""
    assert checked.archive is not None
    archive = checked.archive
    known: dict[str, tuple[int, float]] = {}
    for output in checked.outputs:
        if (entry := built.files.get(output.path)) and entry[1]:
            bytes_, units = known.get(kind := _kind(output), (0, 0.0))
            known[kind] = bytes_ + entry[2], units + _units(archive, output)
    means = TYPICAL | {kind: bytes_ / units for kind, (bytes_, units) in known.items()}
    sizes: dict[str, int] = {}
    kinds: dict[str, tuple[int, int]] = {}
    estimated = 0
    for output in checked.outputs:
        size, kind = _size(root, checked, archive, built, output), _kind(output)
        if size is None:
            size = round(means.get(kind, PAGE) * _units(archive, output))
            estimated += 1
        sizes[output.path] = size
        count, total = kinds.get(kind, (0, 0))
        kinds[kind] = (count + 1, total + size)
    own = 2 * len(archive.settings.base_path) + len("  301\n")
    lengths = [own + len(old) + len(new) for old, new in moved(archive)]
    return Plan(sizes, kinds, estimated, _folders(sizes), len(lengths), max(lengths, default=0))


def _kind(output: Output) -> str:
    """What the sizes of files are told by: for media also the format, or what else is made of a file."""
    return f"media {output.facet.partition('-')[0]}" if output.kind == "media" else output.kind


def _units(archive: Archive, output: Output) -> float:
    """What the size of an output grows by: the pixels of a picture, else nothing."""
    width = output.facet.split("-")[1] if output.kind == "media" and "-" in output.facet else ""
    medium = archive.media[output.id] if width else None
    return int(width) ** 2 * medium.height / medium.width if medium else 1


def _size(root: Path, checked: Checked, archive: Archive, built: Manifest, output: Output) -> int | None:
    """The size of an output that is a file already, or that was built before; else None."""
    if output.kind == "asset":
        return len(checked.assets[output.path].data)
    if output.kind == "static":
        return (root / output.id).stat().st_size
    entry = built.files.get(output.path)
    if entry and entry[1]:
        return entry[2]
    whole = output.kind == "media" and output.facet in ("copy", "original")
    return archive.media[output.id].size if whole else None


def _folders(paths: Mapping[str, int]) -> dict[str, int]:
    """The number of files and folders in every folder."""
    counts: Counter[str] = Counter()
    seen: set[str] = set()
    for path in paths:
        while True:
            folder, _, _ = path.rpartition("/")
            counts[folder] += 1
            if not folder or folder in seen:
                break
            seen.add(folder)
            path = folder
    return dict(counts)


def faults(plan: Plan, limits: Limits, rules_wanted: bool = True) -> list[str]:
    """What a host does not take, in words."""
    found = []
    if limits.files and plan.files + OWN > limits.files:
        found.append(f"{plan.files:,} files, and {limits.title} takes {limits.files:,}")
    entries = plan.files + len(plan.folders)
    if limits.entries and entries > limits.entries:
        found.append(f"{entries:,} files and folders, and {limits.title} takes {limits.entries:,}")
    if limits.bytes and plan.bytes > limits.bytes:
        found.append(f"{size(plan.bytes)}, and {limits.title} takes {size(limits.bytes)}")
    if limits.file:
        large = [(path, bytes_) for path, bytes_ in plan.sizes.items() if bytes_ > limits.file]
        found += [
            f"{path} has {size(bytes_)}, and {limits.title} takes files of {size(limits.file)}"
            for path, bytes_ in sorted(large, key=lambda one: -one[1])[:5]
        ]
    if limits.folder:
        found += [
            f"{folder}/ has {count:,} entries, and {limits.title} takes {limits.folder:,} in a folder"
            for folder, count in plan.folders.items()
            if count > limits.folder
        ]
    if rules_wanted and limits.redirects and plan.redirects > limits.redirects:
        found.append(f"{plan.redirects:,} redirects, and {limits.title} takes {limits.redirects:,}")
    if rules_wanted and limits.redirect_length and plan.longest > limits.redirect_length:
        found.append(
            f"a redirect of {plan.longest:,} characters, and {limits.title} takes {limits.redirect_length:,}"
        )
    return found


def room(limits: Limits) -> Callable[[Mapping[str, int]], bool]:
    """Whether a host takes files of these sizes."""
    return lambda sizes: not faults(Plan(dict(sizes), {}, 0, _folders(sizes), 0, 0), limits)


def ways_out(plan: Plan, limits: Limits, fewer: Iterable[tuple[str, int]]) -> Iterator[str]:
    """What to leave out until a host takes the site; `fewer`: the files that each way with records leaves.

    Switches are named one after the other until what they leave out is enough.
    """
    excess = plan.files + OWN - limits.files if limits.files else 0
    if limits.folder and (most := max(plan.folders.values(), default=0)) > limits.folder:
        excess = max(excess, most - limits.folder)
    if limits.bytes and plan.bytes > limits.bytes:
        excess = max(excess, 1)
    for switch, kinds in SWITCHES.items():
        count = sum(plan.kinds.get(kind, (0, 0))[0] for kind in kinds)
        if excess > 0 and count:
            yield f'[pages] {switch} = "none" leaves out {count:,} files'
            excess -= count
    for which, left in fewer if excess > 0 else ():
        if left < plan.files:
            yield f'[pages] records = "{which}" leaves out {plan.files - left:,} files'
    if limits.file and any(bytes_ > limits.file for bytes_ in plan.sizes.values()):
        yield "put large files elsewhere and name them by `url`, or make them smaller"
    if limits.redirects and plan.redirects > limits.redirects:
        yield 'redirects = "pages" in its [deploy.NAME] leaves redirects to the pages that refresh'


def described(plan: Plan) -> Iterator[str]:
    """The numbers of a site, for the terminal: kinds, largest files, fullest folders, redirects."""
    guess = f", of which the sizes of {plan.estimated:,} are estimated" if plan.estimated else ""
    yield f"{plan.files:,} files, {size(plan.bytes)}{guess}; {plan.redirects:,} redirects"
    yield ""
    yield "files    bytes       kind"
    for kind, (count, total) in sorted(plan.kinds.items(), key=lambda one: (-one[1][0], one[0])):
        yield f"{count:<8,} {size(total):<11} {kind}"
    yield ""
    yield "largest files"
    for path, total in sorted(plan.sizes.items(), key=lambda one: (-one[1], one[0]))[:SHOWN]:
        yield f"  {size(total):<11} {path}"
    yield ""
    yield "fullest folders"
    for folder, count in sorted(plan.folders.items(), key=lambda one: (-one[1], one[0]))[:SHOWN]:
        yield f"  {count:<11,} {folder}/"


def size(count: int) -> str:
    """Bytes in words."""
    for unit, name in ((1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB")):
        if count >= unit:
            return f"{count / unit:.1f} {name}"
    return f"{count:,} bytes"


def foreseen(
    built: Manifest, expected: Mapping[str, str | bytes], state: r.State
) -> tuple[dict[str, r.Entry], int]:
    """The files of a release as a host's record would know them; how many there are that may change, or not.

    `expected` are all files that the host will get: the output that each is made of, or its bytes. What is
    foreseen to be as the host has it, or had it, has that entry.
    """
    current = state.current.files
    had: list[Mapping[str, r.Entry | None]] = [current, *(past.files for past in state.past)]
    files: dict[str, r.Entry] = {}
    unknown = 0
    for path, source in expected.items():
        if isinstance(source, bytes):
            digest = r.digest_of(source)
        else:
            digest = entry[1] if (entry := built.files.get(source)) else ""
            if not digest and path in current:
                unknown += 1
                files[path] = current[path]
                continue
            if source != path and source in current:  # made of another file, and the same where that is
                digest = current[path][0] if path in current and digest == current[source][0] else ""
        known = (one[path] for one in had if path in one)
        files[path] = next((one for one in known if one and one[0] == digest), (digest, 0, ""))
    return files, unknown
