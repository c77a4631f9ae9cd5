"""Sending a release to a host that holds files: the order of things, whatever the host.

First the record says where it is going; then copies of what will change, for a way back; then files, parts
before pages; deletions last; then all is read back, and the record says that it is done. Whoever was quicker
wins: a record is only replaced by somebody who has read the one before.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

import msgspec

from byline.asked import Progress
from byline.publish import release as r


class Refused(Exception):
    """Why nothing was sent, or not all, in words for an editor; nothing on the host is half."""


class Overtaken(Exception):
    """Somebody else has written the record since it was read."""


class Depot(Protocol):
    """A host that holds files by path."""

    def read(self) -> tuple[bytes, str]:
        """The record, and its version; nothing and "" where there is none."""

    def version(self) -> str:
        """The version of the record now."""

    def write(self, record: bytes, version: str) -> str:
        """Replace the record of a version; the new version. Raises Overtaken.

        Where there was none, copies go that are left of one that was lost: nobody else would know of them.
        """

    def put(self, files: Sequence[r.File], done: Callable[[int], None]) -> None:
        """Send files; each is whole as soon as it is there."""

    def copy(self, pairs: Sequence[tuple[str, str]], *, again: bool) -> None:
        """Copy on the host; over what is there if `again`. A source that is not there is passed over."""

    def remove(self, paths: Sequence[str]) -> None:
        """Delete files, and folders that this empties."""

    def present(self, paths: Sequence[str]) -> set[str]:
        """Which of these files are there."""

    def in_the_way(self, coming: Sequence[str], going: Sequence[str]) -> dict[str, str]:
        """Files where those that come need a folder, or in a folder at their place: of which each is.

        Links above what comes or goes, too: what they lead to is nothing of ours.
        """

    def wrong(self, files: Sequence[r.File]) -> list[str]:
        """The paths of files that are not on the host as they are here, read back from there."""

    def digests(self, paths: Sequence[str]) -> dict[str, str]:
        """The digests of files on the host, of those that are there."""


class Order(msgspec.Struct, frozen=True):
    """What the editor asked for: who publishes, how much may go, whether to take over."""

    me: str
    max_deletes: int | None = None
    take_over: bool = False
    dry_run: bool = False


class Outcome(msgspec.Struct, frozen=True):
    """What was sent, or would be."""

    release: r.Release
    steps: r.Steps
    before: r.Release


def publish(
    depot: Depot, files: Mapping[str, r.File], release: r.Release, order: Order, report: Progress
) -> Outcome:
    """Bring a host from what it holds to a release. Raises Refused; OSError and the host's own errors."""
    state, version = _read(depot, order)
    release = msgspec.structs.replace(release, number=state.current.number + 1)
    steps = r.steps(state, release)
    cap(state, steps, order)
    damaged: set[str] = set()
    if order.take_over:  # then everything is looked at, and what is no longer as it was sent goes again
        sent = {path for paths in steps.put for path in paths}
        damaged = set(depot.wrong([file for path, file in files.items() if path not in sent]))
        steps = r.steps(state, release, damaged=damaged)
    else:
        ours = r.ours(state)
        _strangers(depot, [file for path, file in files.items() if path not in ours])
    in_the_way = _in_the_way(depot, state, steps, order)
    if not damaged and not state.pending and not steps.withdrawal and release.files == state.current.files:
        return Outcome(state.current, steps, state.current)
    outcome = Outcome(release, steps, state.current)
    if order.dry_run:
        return outcome
    batches = [[files[path] for path in paths] for paths in steps.put]
    if state.pending:  # go on: what has arrived need not travel again
        missing = set(depot.wrong([file for batch in batches for file in batch]))
        batches = [[file for file in batch if file.path in missing] for batch in batches]

    def send(number: int) -> None:
        done = sum(map(len, batches[:number]))
        depot.put(batches[number], lambda n: report("send", done + n, steps.puts))

    def check() -> None:
        sent = [files[path] for paths in steps.put for path in paths]
        if missed := depot.wrong(sent):  # another publish may have been sending still: once more
            depot.put([files[path] for path in missed], lambda n: report("send again", n, len(missed)))
            if missed := depot.wrong([files[path] for path in missed]):
                raise Refused(f"{missed[0]} is on the host, but not as it was sent; publish again")

    _run(depot, state, version, outcome, order, in_the_way, send, check)
    return outcome


def roll_back(depot: Depot, order: Order, report: Progress) -> Outcome:
    """Return to the release before; after a publish that was cut off, to the one that it began from.

    Raises Refused where that release is no longer kept.
    """
    state, version = _read(depot, order)
    if state.pending:
        target = state.current
        cut = r.steps(msgspec.structs.replace(state, pending=None), r.whole(target, state.pending))
        if cut.withdrawal:
            raise Refused("something was withdrawn in the publish that was cut off; publish again to finish")
        copies = {
            path: r.KEPT + r.blob(target.files[path]) for path in state.pending.files if path in target.files
        }
    elif state.past:
        target = r.whole(state.current, state.past[0])
        copies = dict(r.sources(state, target))
    else:
        raise Refused(no_way_back(state))
    target = msgspec.structs.replace(target, number=state.current.number + 1)
    steps = r.steps(state, target)
    outcome = Outcome(target, steps, state.current)
    paths = [path for paths in steps.put for path in paths]
    whole = {path: target.files[path][0] for path in paths}
    kept = depot.digests([copies[path] for path in paths if path in copies])
    copies = {path: copy for path, copy in copies.items() if path in whole and kept.get(copy) == whole[path]}
    fresh = target.files.keys() - r.ours(state)
    there = depot.digests([path for path in paths if path not in copies or path in fresh])
    if lost := [path for path in paths if path not in copies and there.get(path) != whole[path]]:
        raise Refused(no_whole_way_back(min(lost)))
    if not order.take_over:
        refuse_over([path for path in sorted(fresh & there.keys()) if there[path] != whole[path]])
    in_the_way = _in_the_way(depot, state, steps, order)
    if order.dry_run:
        return outcome

    def send(number: int) -> None:
        pairs = [(copies[path], path) for path in steps.put[number] if path in copies]
        depot.copy(pairs, again=True)
        report("return", sum(map(len, steps.put[: number + 1])), steps.puts)

    def check() -> None:
        back = depot.digests(paths)
        if missed := [path for path in paths if back.get(path) != whole[path]]:
            raise Refused(f"{min(missed)} could not be brought back; publish again")

    _run(depot, state, version, outcome, order, in_the_way, send, check)
    return outcome


def _read(depot: Depot, order: Order) -> tuple[r.State, str]:
    """The record, if this publish may go on from it. Raises Refused."""
    data, version = depot.read()
    try:
        state = r.read_state(data)
    except ValueError as error:
        raise Refused(str(error)) from None
    if any(path.startswith("/") for path, _ in r.named(state)):
        raise Refused(f"the record there ({r.STATE}) is that of a branch; name another place")
    if state.pending and state.by != order.me and not order.take_over:
        raise Refused(
            "another publish has begun there and has not ended; wait for it, or, if it was cut off, "
            "go on in its place with --take-over"
        )
    return state, version


def no_way_back(state: r.State) -> str:
    """Why there is no release to return to."""
    if state.erased:
        return (
            "there is no way back: something was withdrawn since, and the releases before were deleted "
            "with it; change the content and publish"
        )
    return "there is no release before this one; change the content and publish"


def no_whole_way_back(path: str) -> str:
    """Why the release before cannot be returned to: a file of it is lost."""
    return (
        f"{path} is not kept on the host as it was, so that the release before would not be whole; "
        "change the content and publish"
    )


def _run(
    depot: Depot,
    state: r.State,
    version: str,
    outcome: Outcome,
    order: Order,
    in_the_way: Mapping[str, str],
    send: Callable[[int], None],
    check: Callable[[], None],
) -> None:
    """Claim, keep, send, delete, read back, and say that it is done.

    What is in the way of a file goes just before it comes, with what else travels then.
    """
    steps = outcome.steps
    pending = r.underway(state, outcome.release, steps)
    claim = r.State(
        "", by=order.me, erased=state.erased, current=state.current, pending=pending, past=state.past
    )
    try:
        version = depot.write(r.sign(claim), version)
        depot.copy(steps.keep, again=False)
        for number in range(len(steps.put)):
            if steps.put[number]:
                _still(depot, version)
                coming = {*steps.put[number]} if in_the_way else set()
                depot.remove([other for other, path in in_the_way.items() if path in coming])
                send(number)
        _still(depot, version)
        depot.remove([*in_the_way, *steps.removed, *steps.dropped])
        check()
        erased = steps.withdrawal or (state.erased and not steps.past)
        depot.write(r.sign(r.State("", erased=erased, current=outcome.release, past=steps.past)), version)
    except (Overtaken, OSError) as error:
        if isinstance(error, OSError) and depot.version() == version:
            raise
        raise Refused(
            "somebody else has published there meanwhile; look at the site, then publish again"
        ) from None


def _still(depot: Depot, version: str) -> None:
    if depot.version() != version:
        raise Overtaken


def cap(state: r.State, steps: r.Steps, order: Order) -> None:
    """Refuse to delete more than an editor expects. Raises Refused."""
    most = order.max_deletes
    if most is None:
        most = max(100, len(state.current.files) // 10)
    if len(steps.removed) > most and not order.dry_run:
        raise Refused(
            f"{len(steps.removed):,} files would be deleted from the host, more than {most:,}; first "
            f"{steps.removed[0]}. If that is right, say --max-deletes {len(steps.removed)}"
        )


def _strangers(depot: Depot, files: Sequence[r.File]) -> None:
    """Refuse to write over what somebody else has put where files are to come. Raises Refused."""
    there = depot.present([file.path for file in files])
    refuse_over(sorted(depot.wrong([file for file in files if file.path in there])))


def _in_the_way(depot: Depot, state: r.State, steps: r.Steps, order: Order) -> dict[str, str]:
    """What has to go before files come: a file of ours that is now a folder, or what others put there.

    Raises Refused where it is of others.
    """
    coming = [path for paths in steps.put for path in paths]
    found = depot.in_the_way(coming, [*steps.removed, *steps.dropped])
    if not order.take_over:
        refuse_over(sorted(found.keys() - r.ours(state)))
    return found


def refuse_over(others: Sequence[str]) -> None:
    """Refuse to write over files that others put there, if there are any. Raises Refused."""
    if others:
        raise Refused(
            f"there are files on the host that Byline did not put there, first {others[0]}; "
            "write over them with --take-over, or name another place"
        )
