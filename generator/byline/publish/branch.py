"""Hosts that serve a branch of a git repository: one commit without a past holds the whole site.

A push is all or nothing, and only goes through if the branch is what it was when it was read. The release
before is kept under a name that no host serves, and goes with the next withdrawal.
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import msgspec

from byline.deploy import Deploy
from byline.publish import release as r
from byline.publish.sending import Order, Outcome, Refused, cap, no_way_back, no_whole_way_back, refuse_over

BEFORE = "refs/byline/before"
# What git says where a branch is no longer what it was.
OVERTAKEN = ("stale info", "fetch first", "cannot lock ref", "incorrect old value", "failed to update ref")
# Mode and name of everything, by its place.
Tree = dict[str, tuple[str, str]]
WHO = {"GIT_AUTHOR_NAME": "Byline", "GIT_AUTHOR_EMAIL": "byline@localhost"}


class Branch:
    """A branch on a remote, and a bare repository here that remembers what was sent."""

    def __init__(self, deploy: Deploy, root: Path, prefix: str, cache: Path) -> None:
        """Nothing is asked yet; a remote that is a folder is found from `root`."""
        far = ":" in deploy.remote.partition("/")[0]  # as git tells addresses from folders
        self.remote = deploy.remote if far else str(root.resolve() / deploy.remote)
        self.ref = f"refs/heads/{deploy.branch or 'gh-pages'}"
        self.prefix = f"{prefix}/" if prefix else ""
        self.folder = cache / "branch.git"
        # Stands here while the repository goes, and until then if somebody is killed before.
        self.forgetting = cache / "branch.forget"

    def _git(self, *arguments: str, stdin: bytes = b"", more: Mapping[str, str] | None = None) -> bytes:
        """Run git. Raises Refused with what it said."""
        environment = {**os.environ, **(more or {}), "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}
        environment["GIT_DIR"] = str(self.folder)
        try:
            done = subprocess.run(
                ["git", *arguments], input=stdin, capture_output=True, check=False, env=environment
            )
        except FileNotFoundError:
            raise Refused("git is not installed here") from None
        if done.returncode:
            said = done.stderr.decode("utf-8", "replace").strip().splitlines()
            if any(word in line for line in said for word in OVERTAKEN):
                raise Refused(
                    "somebody else has published there meanwhile; look at the site, then publish again"
                )
            telling = [line for line in said if line.startswith(("remote: error", "fatal", " ! "))]
            reason = (telling or said or [f"ended with {done.returncode}"])[0]
            raise Refused(f"git {arguments[0]}: {reason}")
        return done.stdout

    def fetch(self) -> tuple[r.State, str, str]:
        """The record on the branch, its commit, and that of the release before; "" where there is none."""
        if self.forgetting.exists():
            self.forget()
        self.folder.mkdir(parents=True, exist_ok=True)
        for left in self.folder.glob("*.lock"):  # by a git that was killed; nobody else works here
            left.unlink()
        self._git("init", "--quiet", "--bare", str(self.folder))
        listed = self._git("ls-remote", self.remote, self.ref, BEFORE).decode().split()
        heads = dict(zip(listed[1::2], listed[0::2], strict=True))
        tip, before = heads.get(self.ref, ""), heads.get(BEFORE, "")
        for commit in filter(None, (tip, before)):
            if not self._known(commit):
                self._git("fetch", "--quiet", "--depth=1", self.remote, commit)
        data = b""
        if tip and self._git("ls-tree", tip, "--", self._place(r.STATE)):
            data = self._git("cat-file", "blob", f"{tip}:{self._place(r.STATE)}")
        try:
            return r.read_state(data), tip, before
        except ValueError as error:
            raise Refused(str(error)) from None

    def forget(self) -> None:
        """Delete the repository here, with all that was withdrawn."""
        if self.folder.exists():
            shutil.rmtree(self.folder)
        self.forgetting.unlink(missing_ok=True)

    def _known(self, commit: str) -> bool:
        try:
            return self._git("cat-file", "-t", commit) != b""
        except Refused:
            return False

    def _place(self, path: str) -> str:
        """Where a file stands in the branch; what begins with a slash stands at its root."""
        return path[1:] if path.startswith("/") else self.prefix + path

    def stored(self, files: Iterable[r.File], *, keep: bool) -> dict[str, str]:
        """The name that git has for each file, by path; with `keep` the repository here has their bytes."""
        hash_object = ["hash-object", *(["-w"] if keep else [])]
        sources = [file for file in files if file.source]
        names = "".join(f"{file.source.resolve()}\n" for file in sources if file.source)
        made = self._git(*hash_object, "--no-filters", "--stdin-paths", stdin=names.encode())
        named = {f.path: name for f, name in zip(sources, made.decode().split(), strict=True)}
        made_up = [file for file in files if not file.source]
        return named | {
            file.path: self._git(*hash_object, "--stdin", stdin=file.data).decode().strip()
            for file in made_up
        }

    def tree(self, commit: str) -> Tree:
        """What a commit holds; nothing where there is none."""
        if not commit:
            return {}
        listed = self._git("ls-tree", "-r", "-z", commit).decode("utf-8", "surrogateescape").split("\0")
        rows = (line.split("\t", 1) for line in listed if line)
        return {place: (told.split()[0], told.split()[2]) for told, place in rows}

    def held(self, tree: Tree, paths: Iterable[str]) -> dict[str, str]:
        """The names of files in a tree, of those that it has."""
        return {path: tree[place][1] for path in paths if (place := self._place(path)) in tree}

    def unlike(self, tree: Tree, files: Mapping[str, r.Entry], known: Mapping[str, str]) -> list[str]:
        """The files that a tree does not hold as they were published; what has its known name is not read."""
        held = self.held(tree, files)
        doubtful = {path: name for path, name in held.items() if known.get(path) != name}
        digests = self._digests(sorted(set(doubtful.values())))
        changed = (path for path, name in doubtful.items() if digests[name] != files[path][0])
        return sorted({*changed, *(files.keys() - held.keys())})

    def _digests(self, names: Sequence[str]) -> dict[str, str]:
        """The digests of files in the repository here, of which only one is in memory at a time."""
        found = {}
        with tempfile.TemporaryFile() as asked:
            asked.write("".join(f"{name}\n" for name in names).encode())
            asked.seek(0)
            environment = {**os.environ, "GIT_DIR": str(self.folder)}
            command = ["git", "cat-file", "--batch"]
            with subprocess.Popen(command, stdin=asked, stdout=subprocess.PIPE, env=environment) as running:
                assert running.stdout
                for name in names:
                    told = running.stdout.readline().split()
                    found[name] = ""
                    if len(told) == 3:  # else it is missing: a repository in the place of a file
                        found[name] = r.digest_of(running.stdout.read(int(told[2])))
                        running.stdout.read(1)
        return found

    def foreign(self, tree: Tree, state: r.State) -> Tree:
        """What others have put on the branch."""
        ours = {*state.current.files, *(path for past in state.past for path in past.files if r.stays(path))}
        places = {self._place(path) for path in (*ours, r.STATE)}
        return {place: one for place, one in tree.items() if place not in places}

    def in_the_way(self, others: Tree, named: Mapping[str, str]) -> list[str]:
        """What others have put where files are to come, or where these need a folder, or below one."""
        coming = {self._place(path): name for path, name in named.items()}
        folders = {folder for place in coming for folder in _folders(place)}
        return sorted(
            place
            for place, (_, name) in others.items()
            if coming.get(place, name) != name or place in folders or coming.keys() & {*_folders(place)}
        )

    def commit(self, named: Mapping[str, str], others: Tree, state: r.State) -> str:
        """One commit with these files, what others have put there, and the record; nothing before it."""
        index = {"GIT_INDEX_FILE": str(self.folder / "index-new")}
        Path(index["GIT_INDEX_FILE"]).unlink(missing_ok=True)
        named = {**named, r.STATE: self._blob(r.sign(state))}
        tree = others | {self._place(path): ("100644", name) for path, name in named.items()}
        rows = "".join(f"{mode} {name}\t{place}\0" for place, (mode, name) in tree.items())
        told = rows.encode("utf-8", "surrogateescape")
        self._git("update-index", "-z", "--add", "--index-info", stdin=told, more=index)
        made = self._git("write-tree", more=index).decode().strip()
        who = {**WHO, **{name.replace("AUTHOR", "COMMITTER"): value for name, value in WHO.items()}}
        if epoch := os.environ.get("SOURCE_DATE_EPOCH"):
            who |= {"GIT_AUTHOR_DATE": f"{epoch} +0000", "GIT_COMMITTER_DATE": f"{epoch} +0000"}
        return self._git("commit-tree", made, "-m", "Publish", more=who).decode().strip()

    def _blob(self, data: bytes) -> str:
        return self._git("hash-object", "-w", "--stdin", stdin=data).decode().strip()

    def push(self, commit: str, tip: str, keep: str, before: str) -> None:
        """Put a commit on the branch, and `keep` ("" for nothing) where the release before is kept."""
        command = ["push", "--quiet", "--atomic", f"--force-with-lease={self.ref}:{tip}"]
        command += [f"--force-with-lease={BEFORE}:{before}", self.remote, f"{commit}:{self.ref}"]
        if keep or before:
            command.append(f"{keep}:{BEFORE}")
        self._git(*command)
        told = self._git("ls-remote", self.remote, self.ref).decode().split()
        if told[:1] != [commit]:
            raise Refused("the branch is not what was pushed; somebody else has published there meanwhile")


def publish(
    branch: Branch,
    files: Mapping[str, r.File],
    release: r.Release,
    order: Order,
    room: Callable[[Mapping[str, int]], bool],
) -> Outcome:
    """Push a release, and keep as many of those before as there is `room` for. Raises Refused."""
    state, tip, before = branch.fetch()
    if tip and not state.token and not order.take_over:
        raise Refused(f"{branch.ref} holds what Byline did not put there; write over it with --take-over")
    release = msgspec.structs.replace(release, number=state.current.number + 1)
    sizes = {path: entry[1] for path, entry in release.files.items()}
    tree = branch.tree(tip)
    others = branch.foreign(tree, state)
    named = branch.stored(files.values(), keep=not order.dry_run)
    same = {
        path: named[path] for path, entry in release.files.items() if state.current.files.get(path) == entry
    }
    damaged = branch.unlike(tree, state.current.files, same)
    others = _carried(branch, others, named, damaged, order)
    numbers = range(r.RELEASES - 1, 0, -1)
    theirs = dict.fromkeys(others, 0)
    keep = next((n for n in numbers if room(sizes | theirs | r.staying(state, sizes, n))), 0)
    steps = r.steps(state, release, keep, set(damaged))
    if not steps.withdrawal and not damaged and release.files == state.current.files:
        return Outcome(state.current, steps, state.current)
    outcome = Outcome(release, steps, state.current)
    cap(state, steps, order)
    if order.dry_run:
        return outcome
    _push(branch, named, tree, others, outcome, state.erased, (tip, before))
    return outcome


def roll_back(branch: Branch, order: Order) -> Outcome:
    """Push the release before again. Raises Refused where it is no longer kept."""
    state, tip, before = branch.fetch()
    if not before or not state.past:
        raise Refused(no_way_back(state))
    target = r.whole(state.current, state.past[0])
    target = msgspec.structs.replace(target, number=state.current.number + 1)
    outcome = Outcome(target, r.steps(state, target), state.current)
    kept, tree = branch.tree(before), branch.tree(tip)
    if lost := branch.unlike(kept, target.files, {}):
        raise Refused(no_whole_way_back(lost[0]))
    named = branch.held(kept, target.files)
    same = {
        path: named[path] for path, entry in target.files.items() if state.current.files.get(path) == entry
    }
    damaged = branch.unlike(tree, state.current.files, same)
    others = _carried(branch, branch.foreign(tree, state), named, damaged, order)
    if not order.dry_run:
        _push(branch, named, tree, others, outcome, state.erased, (tip, before))
    return outcome


def _carried(
    branch: Branch, others: Tree, named: Mapping[str, str], damaged: Sequence[str], order: Order
) -> Tree:
    """What others have put there that stays. Raises Refused where they wrote over ours, or are in the way."""
    in_the_way = branch.in_the_way(others, named)
    if not order.take_over:
        if damaged:
            raise Refused(
                f"{len(damaged):,} files are no longer on {branch.ref} as Byline put them there, first "
                f"{damaged[0]}; write over what somebody else has done with --take-over"
            )
        refuse_over(in_the_way)
    return {place: one for place, one in others.items() if place not in in_the_way}


def _folders(place: str) -> Iterator[str]:
    while place := place.rpartition("/")[0]:
        yield place


def _push(
    branch: Branch,
    named: dict[str, str],
    tree: Tree,
    others: Tree,
    outcome: Outcome,
    erased: bool,
    heads: tuple[str, str],
) -> None:
    """Commit and push, with the hashed files of the releases that are kept, and with what is of others.

    What is withdrawn leaves this machine's caches too.
    """
    steps, (tip, before) = outcome.steps, heads
    erased = steps.withdrawal or (erased and not steps.past)
    old = [path for past in steps.past for path in past.files if r.stays(path)]
    named = branch.held(tree, old) | named
    state = r.State("", erased=erased, current=outcome.release, past=steps.past)
    keep = ""
    if steps.past:  # what was only mended is shown still, and the release before it stays where it is kept
        keep = tip if steps.past[0].number == outcome.before.number else before
    commit = branch.commit(named, others, state)
    if steps.withdrawal:
        branch.forgetting.touch()
    branch.push(commit, tip, keep, before)
    if steps.withdrawal:
        branch.forget()
