"""A server that is reached by SSH: files travel by rsync, everything else is a few lines of POSIX shell.

`RSYNC_RSH` names another ssh or options for it, as for rsync itself.
"""

import os
import shlex
import subprocess
import tempfile
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from pathlib import Path

from byline.measures import digest_of
from byline.publish.release import STATE, TOKEN_LENGTH, File, token_of
from byline.publish.sending import Overtaken, Refused

# Exit status of our scripts where the record is another one.
OVERTAKEN = 75
_HERE = "./"
_HEAD = len('{"token":"')

# $1 is the token that the record must have; the new record comes in, $2 bytes of it: a line that breaks looks
# like its end. A lock that is older than a minute was left by somebody who was cut off; so were copies and
# files of rsync that have not come to their places.
_WRITE = f"""
mkdir -p .byline && cat > .byline/state.$$ || exit 1
trap 'rm -f .byline/state.$$' EXIT HUP INT TERM
[ $(wc -c < .byline/state.$$) -eq "$2" ] || exit 1
find .byline/lock -prune -mmin +1 -exec rmdir {{}} \\; 2>/dev/null
n=0
until mkdir .byline/lock 2>/dev/null; do n=$((n+1)); [ $n -gt 10 ] && exit 1; sleep 1; done
trap 'rm -f .byline/state.$$; rmdir .byline/lock' EXIT HUP INT TERM
now=$(head -c {_HEAD + TOKEN_LENGTH} {STATE} 2>/dev/null | tail -c +{_HEAD + 1})
[ "$now" = "$1" ] || exit {OVERTAKEN}
rm -f .byline/copy.* .byline/.*.??????
[ -n "$1" ] || rm -rf .byline/kept
chmod 644 .byline/state.$$ && mv -f .byline/state.$$ {STATE}
"""
# Whether a path leads through a link: that is nothing of ours, and would be followed with our rights.
_LINKED = """
linked() {
  up=$1
  while [ "${up%/*}" != . ]; do up=${up%/*}; [ -L "$up" ] && return 0; done
  return 1
}
"""
# Pairs come in, a source and a target on two lines.
_COPY = f"""{_LINKED}
mkdir -p .byline/kept || exit 1
while IFS= read -r from && IFS= read -r to; do
  [ -f "$from" ] && [ ! -L "$from" ] && ! linked "$from" || continue
  [ "$1" = again ] || {{ [ ! -e "$to" ] || continue; }}
  case $to in */*) mkdir -p "${{to%/*}}";; esac
  cp -p "$from" .byline/copy.$$ && mv -f .byline/copy.$$ "$to" || exit 1
done
"""
_REMOVE = f"""{_LINKED}
while IFS= read -r path; do
  linked "$path" && continue
  [ -d "$path" ] && [ ! -L "$path" ] && continue
  [ ! -d "${{path%/*}}" ] || rm -f "$path" || exit 1
  while case $path in */*) true;; *) false;; esac; do
    path=${{path%/*}}
    rmdir "$path" 2>/dev/null || break
  done
done
"""
_PRESENT = f"""{_LINKED}
while IFS= read -r path; do [ -f "$path" ] && ! linked "$path" && printf '%s\\n' "$path"; done
true
"""
# Paths come in; what is in the way of each goes out, after it.
_IN_THE_WAY = """
while IFS= read -r path; do
  up=$path
  while [ "${up%/*}" != . ]; do
    up=${up%/*}
    if [ -L "$up" ] || { [ "$1" = coming ] && [ -e "$up" ] && [ ! -d "$up" ]; }; then
      printf '%s\\n' "$path" "$up"
    fi
  done
  if [ "$1" = coming ] && [ -d "$path" ] && [ ! -L "$path" ]; then
    find "$path" ! -type d -exec printf '%s\\n' "$path" {} \\;
  fi
done
"""


class Server:
    """A depot on a server; `remote` is USER@HOST:/PATH."""

    def __init__(self, remote: str, port: int = 0) -> None:
        """Connect. Raises Refused where `remote` names no path."""
        self.host, colon, self.path = remote.partition(":")
        if not colon or not self.path or "/" in self.host:
            raise Refused(f'remote = "{remote}" names no folder; write USER@HOST:/PATH')
        if not self.path.startswith("/"):
            self.path = _HERE + self.path
        self.target = f"{self.host}:{self.path.rstrip('/')}/"
        self.shell = [*shlex.split(os.environ.get("RSYNC_RSH", "ssh")), *(["-p", str(port)] if port else [])]
        self.sockets = tempfile.TemporaryDirectory(prefix="byline-")
        self.shell += ["-o", f"ControlPath={self.sockets.name}/%C"]
        # One connection for everything; a handshake each would be most of a small publish's time. It stays
        # for some seconds, so that it may not hold a pipe that somebody reads to its end.
        keep = ["-o", "ControlMaster=yes", "-o", "ControlPersist=10", self.host, "true"]
        nothing = subprocess.DEVNULL
        with suppress(FileNotFoundError):
            subprocess.run([*self.shell, *keep], stdin=nothing, stdout=nothing, stderr=nothing, check=False)

    def _run(self, script: str, *arguments: str, stdin: bytes = b"") -> bytes:
        folder = shlex.quote(self.path)
        words = " ".join(shlex.quote(word) for word in arguments)
        line = f"umask 022 && mkdir -p {folder} && cd {folder} && sh -c {shlex.quote(script)} sh {words}"
        done = _call([*self.shell, self.host, line], stdin, (0, OVERTAKEN))
        if done.returncode == OVERTAKEN:
            raise Overtaken
        return done.stdout

    def read(self) -> tuple[bytes, str]:
        """The record, and its token."""
        data = self._run(f"cat {STATE} 2>/dev/null || true")
        return data, token_of(data)

    def version(self) -> str:
        """The token of the record now."""
        return token_of(self._run(f"head -c {_HEAD + TOKEN_LENGTH} {STATE} 2>/dev/null || true"))

    def write(self, record: bytes, version: str) -> str:
        """Replace the record of a version. Raises Overtaken."""
        self._run(_WRITE, version, str(len(record)), stdin=record)
        return token_of(record)

    def _rsync(self, files: Sequence[File], *options: str) -> bytes:
        """Run rsync on files, from a folder where each stands under its name on the host."""
        with tempfile.TemporaryDirectory(prefix="byline-") as folder:
            for file in files:
                place = Path(folder, file.path)
                place.parent.mkdir(parents=True, exist_ok=True)
                if file.source:
                    place.symlink_to(file.source.resolve())
                else:
                    place.write_bytes(file.data)
            command = [
                "rsync",
                "--copy-links",
                "--checksum",
                "--chmod=D755,F644",
                "--from0",
                "--files-from=-",
            ]
            command += ["--compress", "--rsh", shlex.join(self.shell), "--temp-dir=.byline", *options]
            return _call([*command, f"{folder}/", self.target], _names(file.path for file in files)).stdout

    def digests(self, paths: Sequence[str]) -> dict[str, str]:
        """The digests of these files, of those that are there; they travel, since no server has our kind."""
        there = sorted(self.present(paths))
        with tempfile.TemporaryDirectory(prefix="byline-") as folder:
            if there:
                command = ["rsync", "--from0", "--files-from=-", "--rsh", shlex.join(self.shell)]
                _call([*command, self.target, f"{folder}/"], _names(there))
            return {path: digest_of(Path(folder, path)) for path in there}

    def put(self, files: Sequence[File], done: Callable[[int], None]) -> None:
        """Send files by rsync, which moves each into its place when it has arrived whole."""
        if files:
            self._rsync(files)
        done(len(files))

    def copy(self, pairs: Sequence[tuple[str, str]], *, again: bool) -> None:
        """Copy on the server."""
        if pairs:
            lines = _names((path for pair in pairs for path in pair), b"\n")
            self._run(_COPY, "again" if again else "once", stdin=lines)

    def remove(self, paths: Sequence[str]) -> None:
        """Delete files, and folders that this empties."""
        if paths:
            self._run(_REMOVE, stdin=_names(paths, b"\n"))

    def present(self, paths: Sequence[str]) -> set[str]:
        """Which of these files are there."""
        there = self._run(_PRESENT, stdin=_names(paths, b"\n")).split(b"\n")
        return {_here(path) for path in there if path}

    def in_the_way(self, coming: Sequence[str], going: Sequence[str]) -> dict[str, str]:
        """What has to go before files can come, or go."""
        found: dict[str, str] = {}
        for how, paths in (("coming", coming), ("going", going)):
            told = self._run(_IN_THE_WAY, how, stdin=_names(paths, b"\n")) if paths else b""
            lines = [_here(line) for line in told.split(b"\n")]
            for path, other in zip(lines[::2], lines[1::2], strict=False):
                found.setdefault(other, path)
        return found

    def wrong(self, files: Sequence[File]) -> list[str]:
        """Read back: what rsync would send again after it has compared checksums on both sides."""
        if not files:
            return []
        said = self._rsync(files, "--dry-run", "--8-bit-output", "--out-format=%i %n").decode()
        changed = (line.split(" ", 1) for line in said.splitlines())
        return [path.removeprefix(_HERE) for how, path in changed if how[1] == "f" and how[0] in "<c>"]


def _names(paths: Iterable[str], end: bytes = b"\0") -> bytes:
    """Paths as rsync and our scripts read them: none may look like an option, or to rsync like a remark."""
    return b"".join(f"{_HERE}{path}".encode("utf-8", "surrogateescape") + end for path in paths)


def _here(name: bytes) -> str:
    """A path as our scripts write it."""
    return name.decode("utf-8", "surrogateescape").removeprefix(_HERE)


def _call(
    command: list[str], stdin: bytes, fine: Sequence[int] = (0,)
) -> "subprocess.CompletedProcess[bytes]":
    """Run a program of the system. Raises Refused with what it said."""
    try:
        done = subprocess.run(command, input=stdin, capture_output=True, check=False)
    except FileNotFoundError:
        raise Refused(f"{command[0]} is not installed here") from None
    if done.returncode not in fine:
        lines = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise Refused(f"{command[0]}: {lines[-1] if lines else f'ended with {done.returncode}'}")
    return done
