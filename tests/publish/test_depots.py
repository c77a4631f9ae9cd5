"""Object stores and servers by SSH: only differences travel, nothing is half, one of two wins, no trace."""

import os
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import pytest

from byline.publish import release, ssh, verify
from byline.publish.folder import Folder
from byline.publish.sending import Refused
from publish import servers
from publish.conftest import CONTENT, EDIT, PROGRAM, WITHDRAWAL, Show, in_folder, picture, visited

# At every tenth request with BYLINE_SOAK, else more rarely: each time costs seconds.
STEP = 10 if os.environ.get("BYLINE_SOAK") else 35


class Place(NamedTuple):
    """Somewhere to publish to: the port of its server, settings for a port, a look at what is there."""

    port: int
    deploy: Callable[[int], str]
    look: Callable[[], verify.Verified]
    files: Callable[[], dict[str, bytes]]
    http: bool


def silent(_stage: str, _done: int, _total: int) -> None:
    return None


@pytest.fixture(params=["s3", "ssh"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """A fresh place on each kind of server."""
    if request.param == "ssh":
        port, folder = request.getfixturevalue("sshd"), tmp_path / "www"

        def held() -> dict[str, bytes]:
            found = (path for path in folder.rglob("*") if path.is_file())
            return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}

        return Place(
            port,
            lambda at: f'to = "ssh"\nremote = "root@127.0.0.1:{folder}"\nport = {at}',
            lambda: verify.folder(folder, silent),
            held,
            False,
        )
    address = request.getfixturevalue("s3")
    import obstore
    from obstore.store import S3Store

    prefix = tmp_path.name
    options = {"endpoint": address, "region": "us-east-1", "client_options": {"allow_http": True}}
    store = S3Store(servers.BUCKET, prefix=prefix, **options)

    def stored() -> dict[str, bytes]:
        paths = [meta["path"] for chunk in obstore.list(store) for meta in chunk]
        return {path: bytes(obstore.get(store, path).bytes()) for path in paths}

    return Place(
        int(urlsplit(address).port or 0),
        lambda at: (
            f'to = "s3"\nbucket = "{servers.BUCKET}"\nprefix = "{prefix}"\n'
            f'endpoint = "http://127.0.0.1:{at}"\ncdn = "cloudflare"'
        ),
        lambda: verify.url(f"{address}/{servers.BUCKET}/{prefix}/", silent),
        stored,
        True,
    )


@contextmanager
def counted(place: Place, on_request: Callable[[int], None] = lambda _n: None) -> Iterator[servers.Proxy]:
    """A way to the place's server on which requests are counted."""
    proxy = servers.Proxy(place.port, on_request, place.http)
    try:
        yield proxy
    finally:
        proxy.close()


def site(files: dict[str, bytes]) -> dict[str, bytes]:
    """What belongs to the site itself."""
    return {path: data for path, data in files.items() if not path.startswith(".byline/")}


def test_only_the_difference_travels_and_there_is_a_way_back(place: Place, tmp_path: Path) -> None:
    show = Show(tmp_path / "show", place.deploy(place.port))
    assert ", 0 changed, 0 deleted" in show.publish()
    assert place.look().faults == ()
    first = place.files()
    built = {p.relative_to(show.root / "output").as_posix(): p for p in (show.root / "output").rglob("*")}
    for path, data in site(first).items():
        assert data == built[path].read_bytes()
    show.write(EDIT)
    said = show.publish("--dry-run")
    assert place.files() == first
    changed = {line[2:] for line in said.splitlines() if line[:2] in ("~ ", "+ ")}
    assert "episodes/first/index.html" in changed
    assert "contributors/ben/index.html" not in changed
    with counted(place) as proxy:
        show.deploy(place.deploy(proxy.port))
        show.publish()
        if place.http:  # each file once, a copy of each page, a question about each, and the record
            assert proxy.requests < 4 * len(changed) + 10
    second = place.files()
    assert {path for path in site(second) if second[path] != first.get(path)} == changed
    old_media = {path for path in first if path.startswith("media/")}
    assert old_media <= second.keys(), "a page that is still open finds its pictures"
    assert place.look().faults == ()
    show.deploy(place.deploy(place.port))
    assert "0 files new, 0 changed, 0 deleted" in show.publish()
    assert place.files() == second
    show.publish("--rollback")
    back = place.files()
    assert {path: back[path] for path in site(first)} == site(first)
    assert place.look().faults == ()
    show.publish("--rollback")
    assert {path: place.files()[path] for path in site(second)} == site(second)


def test_a_file_beside_media_that_changes_under_its_name_is_like_any_other(tmp_path: Path) -> None:
    """What an editor puts into static/media/ has no name of its content, though it stands among such."""
    www = tmp_path / "www"
    show = Show(tmp_path / "show", f'to = "folder"\npath = "{www}"')
    for text in ("one", "two", "one"):
        show.write({"static/media/song.txt": text})
        show.publish()
        assert (www / "media/song.txt").read_text() == text
    show.publish("--rollback")
    assert (www / "media/song.txt").read_text() == "two"
    (show.root / "static/media/song.txt").unlink()
    show.publish()
    assert not (www / "media/song.txt").exists()
    assert show(f"verify {www}")[1] == 0


class Half:
    """A folder to publish to, where a publish can be cut off when it comes to a step."""

    def __init__(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.www, self.monkeypatch = tmp_path / "www", monkeypatch
        self.show = Show(tmp_path / "show", f'to = "folder"\npath = "{self.www}"')

    def cut(self, step: str, options: str = "", after: bool = False) -> None:
        """Publish until a step of the depot, which fails, or until after it."""
        real = getattr(Folder, step)

        def fail(*given: object, **named: object) -> None:
            if after:
                real(*given, **named)
            raise OSError(5, "the disk was pulled out")

        with self.monkeypatch.context() as patched:
            patched.setattr(Folder, step, fail)
            text, status = self.show(f"publish {options}")
        assert (status, "pulled out" in text) == (1, True), text

    def whole(self) -> None:
        """The host holds what was built, what it says that it keeps, and nothing else."""
        built, there = in_folder(self.show.root / "output"), in_folder(self.www)
        del built[".byline-manifest.json"]
        assert {path: data for path, data in built.items() if there.get(path) != data} == {}
        text, status = self.show(f"verify {self.www}")
        assert status == 0, text


@pytest.mark.parametrize("step", ["put", "remove"])
def test_publishes_that_were_cut_off_one_after_the_other_leave_nothing_behind(
    step: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    half = Half(tmp_path, monkeypatch)
    half.show.publish()
    passing = {"content/contributors/dora.md": "---\nname: Dora Passing\n---\n", "static/other.txt": "other"}
    half.show.write(
        {**EDIT, **passing, "content/index.md": "---\ntitle: Lanterns\n---\nCleo Leaving was here.\n"}
    )
    half.cut("remove")
    for path in passing:
        (half.show.root / path).unlink()
    half.show.write({**CONTENT, **WITHDRAWAL})
    half.cut(step)
    half.cut(step)
    half.show.publish()
    half.whole()
    left = in_folder(half.www)
    assert [path for path, data in left.items() if b"Cleo" in data or b"Dora" in data or "dora" in path] == []
    assert [path for path in left if path.startswith(".byline/kept/")] == []


def test_a_return_that_was_cut_off_is_gone_on_with(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    half = Half(tmp_path, monkeypatch)
    half.show.publish()
    first = in_folder(half.www)
    half.show.write(EDIT)
    half.cut("remove")
    half.cut("copy", "--rollback")
    half.show.publish("--rollback")
    assert {path: in_folder(half.www).get(path) for path in site(first)} == site(first)
    assert half.show(f"verify {half.www}")[1] == 0
    half.cut("remove")
    half.cut("copy", "--rollback")
    half.show.publish()
    half.whole()


def test_what_was_withdrawn_in_a_publish_cut_off_stays_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also when its document is deleted before the next, and that is cut off, too."""
    half = Half(tmp_path, monkeypatch)
    half.show.publish()
    half.show.write(WITHDRAWAL)
    half.cut("put")
    half.show.write(
        {"content/episodes/first/index.md": "---\ntitle: First light\nreleased: 2014-11-02\n---\n"}
    )
    for name in ("contributors/cleo.md", "records/tune.md"):
        (half.show.root / "content" / name).unlink()
    half.cut("put")
    assert "earlier releases are deleted" in half.show.publish()
    assert [path for path, data in in_folder(half.www).items() if b"Cleo" in data] == []
    assert half.show("publish --rollback")[1] == 1


def test_a_picture_of_long_ago_that_a_publish_cut_off_has_deleted_is_sent_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    half = Half(tmp_path, monkeypatch)
    half.show.publish()
    for shade in (60, 90, 120):
        half.show.write({"content/records/lamp.png": picture(shade)})
        half.show.publish() if shade < 120 else half.cut("remove", after=True)
    half.show.publish("--rollback")
    half.show.write({"content/records/lamp.png": picture(0)})
    half.show.publish()
    half.whole()


@pytest.mark.parametrize("place", ["s3"], indirect=True)
def test_what_is_withdrawn_leaves_the_host_with_every_earlier_release(place: Place, tmp_path: Path) -> None:
    show = Show(tmp_path / "show", place.deploy(place.port))
    show.publish()
    show.write(EDIT)
    show.publish()
    kept = [path for path in place.files() if path.startswith(".byline/kept/")]
    assert kept
    assert any(b"Cleo" in data for data in place.files().values())
    show.write(WITHDRAWAL)
    said = show.publish()
    assert "https://lanterns.test/archive/contributors/cleo/" in said
    assert "https://lanterns.test/archive/contributors/cleo/card.png" in said
    assert '{"files": ["https://lanterns.test/archive/' in said
    left = place.files()
    assert [path for path, data in left.items() if b"Cleo" in data or b"not really a sound" in data] == []
    assert [path for path in left if path.startswith(".byline/kept/") or "tune.mp3" in path] == []
    assert place.look().faults == ()
    text, status = show("publish --rollback")
    assert status == 1
    assert "something was withdrawn since" in text
    assert place.files() == left
    show.write({"content/contributors/ben.md": "---\nname: Benjamin Invented\n---\n"})
    show.publish()
    show.publish("--rollback")
    assert not any(b"Cleo" in data for data in place.files().values())


def killer(running: list[subprocess.Popen[bytes]], at: int) -> Callable[[int], None]:
    """Kill a process at a request."""

    def end(number: int) -> None:
        if number == at and running:
            servers.kill(running[0])

    return end


def test_a_publish_that_is_cut_off_anywhere_leaves_a_whole_site(place: Place, tmp_path: Path) -> None:
    """At every tenth request the publisher is killed; what visitors see then has no broken page."""
    if not place.http and STEP > 10:
        pytest.skip("the same code, and each time costs seconds: make soak")
    show = Show(tmp_path / "show", place.deploy(place.port))

    def cut(step: int) -> int:
        """Publish again and again, killed a little later each time; how often it was killed."""
        at = step
        while True:
            running: list[subprocess.Popen[bytes]] = []
            proxy.requests, proxy.on_request = 0, killer(running, at)
            command = [*PROGRAM, "-C", str(show.root), "publish"]
            pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
            running.append(subprocess.Popen(command, start_new_session=True, **pipes))  # type: ignore[call-overload]
            said = running[0].communicate()[0].decode()
            if running[0].returncode == 0:
                assert place.look().faults == ()
                assert not place.look().pending
                return at // step - 1
            assert running[0].returncode == -9, said
            files = place.files()
            assert visited(files) == []
            if ".byline/state.json" in files:
                assert place.look().faults == ()
            at += step

    with counted(place) as proxy:
        show.deploy(place.deploy(proxy.port))
        assert cut(STEP) >= 1
        first = site(place.files())
        assert first
        show.write(EDIT)
        assert cut(max(2, STEP // 3)) >= 1
    show.deploy(place.deploy(place.port))
    assert "0 files new, 0 changed, 0 deleted" in show.publish()


def test_a_record_that_does_not_arrive_whole_is_not_taken(sshd: int, tmp_path: Path) -> None:
    """To a shell a line that breaks looks like the end of what came in."""
    server = ssh.Server(f"root@127.0.0.1:{tmp_path / 'www'}", sshd)
    whole = release.sign(release.State("", by="somebody"))
    version = server.write(whole, "")
    with pytest.raises(Refused):
        server._run(ssh._WRITE, version, str(len(whole)), stdin=whole[: len(whole) // 2])
    assert server.read() == (whole, version)


def test_files_with_odd_names_travel_and_go_again(sshd: int, tmp_path: Path) -> None:
    www = tmp_path / "-n ~"
    names = ["#robots.txt#", ";x", "-n", "-r/-f", "a b", "[a]*", "~", "$HOME", "a'b\\c"]
    show = Show(tmp_path / "show", f'to = "ssh"\nremote = "root@127.0.0.1:{www}"\nport = {sshd}')
    show.write({f"static/{name}": "one" for name in names})
    show.publish()
    assert {name: (www / name).read_text() for name in names} == dict.fromkeys(names, "one")
    show.write({f"static/{name}": "two" for name in names})
    assert f"0 files new, {len(names)} changed" in show.publish()
    assert {name: (www / name).read_text() for name in names} == dict.fromkeys(names, "two")
    show.publish("--rollback")
    assert {name: (www / name).read_text() for name in names} == dict.fromkeys(names, "one")
    shutil.rmtree(show.root / "static")
    show.publish()
    assert [name for name in names if (www / name).exists()] == []


@pytest.mark.parametrize("taking_over", [False, True])
def test_of_two_publishers_one_wins_and_the_other_is_told(
    taking_over: bool, place: Place, tmp_path: Path
) -> None:
    show = Show(tmp_path / "show", place.deploy(place.port))
    show.publish()
    show.write(EDIT)
    reached, go_on = threading.Event(), threading.Event()

    def stop(number: int) -> None:
        state = place.files()[".byline/state.json"] if not reached.is_set() else b""
        if b'"by":""' not in state:
            reached.set()
            go_on.wait(60)

    other = Show(tmp_path / "other", place.deploy(place.port))
    other.write({**EDIT, "content/index.md": "---\ntitle: Lanterns\n---\nAnother editor.\n"})
    with counted(place, stop) as proxy:
        show.deploy(place.deploy(proxy.port))
        first = subprocess.Popen(
            [*PROGRAM, "-C", str(show.root), "publish"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        assert reached.wait(60)
        text, status = other("publish --take-over" if taking_over else "publish")
        go_on.set()
        said = first.communicate(timeout=60)[0].decode()
    assert (status == 0) == taking_over, text
    assert (first.returncode == 0) != taking_over, said
    told = "somebody else has published there meanwhile" in said
    assert told if taking_over else "another publish has begun there" in text
    assert (b"Another editor" in place.files()["index.html"]) == taking_over
    assert place.look().faults == ()
    assert not place.look().pending


def test_who_is_overtaken_while_a_file_is_written_is_told_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever takes over clears away what is half written, and that of who is still writing with it."""
    deploy = f'to = "folder"\npath = "{tmp_path / "www"}"'
    show, other = Show(tmp_path / "show", deploy), Show(tmp_path / "other", deploy)
    show.publish()
    show.write(EDIT)
    real, said = shutil.copyfile, []

    def copied(source: Path, target: Path) -> None:
        real(source, target)
        if not said:
            said.append("")
            said[0] = other.publish("--take-over")

    with monkeypatch.context() as patched:
        patched.setattr(shutil, "copyfile", copied)
        text, status = show("publish")
    assert (status, "somebody else has published there meanwhile" in text) == (1, True), text
    assert show(f"verify {tmp_path / 'www'}")[1] == 0
