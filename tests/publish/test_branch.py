"""A branch of a git repository, as the Pages hosts serve it: one commit, all or nothing, no past."""

import json
import os
import re
import shutil
import subprocess
from itertools import pairwise
from pathlib import Path

import msgspec
import pytest

from byline.publish import command
from byline.publish import release as r
from byline.publish.hosts import limits
from conftest import build, write
from publish import servers
from publish.conftest import CONTENT, EDIT, PROGRAM, WITHDRAWAL, Show, in_branch, needs, visited

# Into so many parts a push is cut, to break after each.
MOMENTS = 60 if os.environ.get("BYLINE_SOAK") else 8


@pytest.fixture
def remote(tmp_path: Path) -> Path:
    """A bare repository."""
    needs("git")
    subprocess.run(["git", "init", "--quiet", "--bare", str(tmp_path / "remote.git")], check=True)
    return tmp_path / "remote.git"


def git(remote: Path, *arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=remote, capture_output=True, text=True, check=False)
    return done.stdout


def files(remote: Path, branch: str = "gh-pages") -> dict[str, str]:
    """Every file of a branch, and the name of its bytes."""
    rows = (line.split("\t", 1) for line in git(remote, "ls-tree", "-r", branch).splitlines())
    return {path: told.split()[2] for told, path in rows}


def test_a_branch_is_one_commit_with_a_way_back_and_forgets_what_was_withdrawn(
    remote: Path, tmp_path: Path
) -> None:
    show = Show(tmp_path / "show", f'to = "github-pages"\nremote = "{remote}"')
    show.publish()
    first = files(remote)
    assert ".nojekyll" in first
    assert ".well-known/security.txt" in first
    show.write(EDIT)
    before = git(remote, "count-objects", "-v")
    show.publish("--dry-run")
    assert git(remote, "count-objects", "-v") == before
    show.publish()
    second = files(remote)
    assert git(remote, "rev-list", "--count", "gh-pages").strip() == "1"
    assert first["contributors/ben/index.html"] == second["contributors/ben/index.html"]
    assert first["episodes/first/index.html"] != second["episodes/first/index.html"]
    assert {path for path in first if path.startswith("media/")} <= second.keys()
    tip = git(remote, "rev-parse", "gh-pages")
    assert "0 files new, 0 changed, 0 deleted" in show.publish()
    assert git(remote, "rev-parse", "gh-pages") == tip
    show.publish("--rollback")
    back = files(remote)
    assert {path: back[path] for path in first if not path.startswith(".byline/")} == {
        path: name for path, name in first.items() if not path.startswith(".byline/")
    }
    show.write(WITHDRAWAL)
    assert "earlier releases are deleted" in show.publish()
    assert "rollback" not in git(remote, "for-each-ref")
    assert git(remote, "for-each-ref", "--format=%(refname)").split() == ["refs/heads/gh-pages"]
    assert git(remote, "grep", "-l", "Cleo", "gh-pages") == ""
    assert [path for path in files(remote) if "tune.mp3" in path] == []
    assert not (show.root / ".byline-cache/publish/host/branch.git").exists()
    text, status = show("publish --rollback")
    assert (status, "something was withdrawn since" in text) == (1, True)


def test_of_two_pushes_one_wins_and_the_other_is_told(remote: Path, tmp_path: Path) -> None:
    """The second to push is told, even if it has begun before the first."""
    show = Show(tmp_path / "show", f'to = "github-pages"\nremote = "{remote}"')
    show.publish()
    other = Show(tmp_path / "other", f'to = "github-pages"\nremote = "{remote}"')
    other.write({"content/index.md": "---\ntitle: Lanterns\n---\nAnother editor.\n"})
    show.write(EDIT)
    hook = remote / "hooks/pre-receive"
    marker, go_on = tmp_path / "reached", tmp_path / "go-on"
    hook.write_text(
        f"#!/bin/sh\n[ -e {marker} ] && exit 0\n: > {marker}\nwhile [ ! -e {go_on} ]; do sleep 0.1; done\n"
    )
    hook.chmod(0o755)
    program = [*PROGRAM, "-C", str(show.root), "publish"]
    first = subprocess.Popen(program, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    while not marker.exists():
        assert first.poll() is None, first.communicate()
    other.publish()
    go_on.touch()
    said = first.communicate(timeout=60)[0].decode()
    assert first.returncode == 1
    assert "somebody else has published there meanwhile" in said
    assert "Another editor" in git(remote, "show", "gh-pages:index.html")


def test_somebody_elses_branch_is_not_written_over(remote: Path, tmp_path: Path) -> None:
    tree = subprocess.run(
        ["git", "mktree"], cwd=remote, input="", capture_output=True, text=True, check=True
    ).stdout.strip()
    who = ["-c", "user.name=Somebody", "-c", "user.email=somebody@example.org"]
    commit = git(remote, *who, "commit-tree", tree, "-m", "mine").strip()
    git(remote, "update-ref", "refs/heads/gh-pages", commit)
    show = Show(tmp_path / "show", f'to = "github-pages"\nremote = "{remote}"')
    text, status = show("publish")
    assert (status, "holds what Byline did not put there" in text) == (1, True)
    show.publish("--take-over")
    assert "index.html" in files(remote)


def test_what_a_remote_says_is_printed_without_escapes(remote: Path, tmp_path: Path) -> None:
    show = Show(tmp_path / "show", f'to = "github-pages"\nremote = "{remote}"')
    hook = remote / "hooks/pre-receive"
    hook.write_text("#!/bin/sh\nprintf 'error: \\033]0;gone\\007\\n' >&2\nexit 1\n")
    hook.chmod(0o755)
    text, status = show("publish")
    assert (status, "gone" in text, "\x1b" in text) == (1, True, False)


def by_hand(remote: Path, tmp_path: Path, change: str) -> None:
    """Somebody commits to the branch, as on the host's own pages."""
    clone = tmp_path / "clone"
    who = "-c user.name=Somebody -c user.email=somebody@example.org"
    script = (
        f"rm -rf {clone}; git clone -q -b gh-pages {remote} {clone} && cd {clone} && {change} && "
        f"git add -A && git {who} commit -q -m mine && git push -q"
    )
    subprocess.run(["sh", "-c", script], check=True, capture_output=True)


def test_what_others_put_on_the_branch_stays(remote: Path, tmp_path: Path) -> None:
    show = Show(tmp_path / "show", f'to = "github-pages"\nremote = "{remote}"')
    show.publish()
    by_hand(remote, tmp_path, "echo lanterns.test > CNAME && mkdir -p bin && ln -s ../CNAME bin/ü")
    theirs = {
        path: name for path, name in files(remote).items() if path == "CNAME" or path.startswith('"bin')
    }
    assert len(theirs) == 2
    assert "0 files new, 0 changed, 0 deleted" in show.publish()
    for number, content in enumerate((EDIT, WITHDRAWAL)):
        show.write(content)
        show.publish()
        if not number:
            show.publish("--rollback")
        assert theirs.items() <= files(remote).items()
        assert git(remote, "rev-list", "--count", "gh-pages").strip() == "1"
    assert git(remote, "ls-tree", "gh-pages", "bin/").startswith("120000")
    show.write({"static/CNAME": "archive.test"})
    for options in ("", "--dry-run"):
        text, status = show(f"publish {options}")
        assert (status, "that Byline did not put there, first CNAME" in text) == (1, True)
    show.publish("--take-over")
    assert git(remote, "show", "gh-pages:CNAME") == "archive.test"


def test_what_others_changed_on_the_branch_is_not_written_over(remote: Path, tmp_path: Path) -> None:
    show = Show(tmp_path / "show", f'to = "github-pages"\nremote = "{remote}"')
    show.publish()
    first = files(remote)
    by_hand(remote, tmp_path, "echo mine > index.html && rm records/lamp/index.html")
    tip = git(remote, "rev-parse", "gh-pages")
    for options in ("", "--dry-run"):
        text, status = show(f"publish {options}")
        assert status == 1
        assert (
            "2 files are no longer on refs/heads/gh-pages as Byline put them there, first index.html" in text
        )
    assert git(remote, "rev-parse", "gh-pages") == tip
    said = show.publish("--take-over --dry-run")
    assert [line for line in said.splitlines() if line[0] in "+~-"] == [
        "~ index.html",
        "~ records/lamp/index.html",
    ]
    assert "0 files new, 2 changed, 0 deleted" in show.publish("--take-over")
    del first[".byline/state.json"]
    assert first.items() <= files(remote).items()
    by_hand(remote, tmp_path, "echo mine > episodes/first/index.html")
    show.write(EDIT)
    assert "first episodes/first/index.html" in show("publish")[0]
    show.publish("--take-over")
    text, status = show("publish --rollback")
    assert (status, "episodes/first/index.html is not kept on the host as it was" in text) == (1, True)


def test_whoever_is_killed_while_a_withdrawal_leaves_the_cache_can_go_on(
    remote: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    show = Show(tmp_path / "show", f'to = "github-pages"\nremote = "{remote}"')
    show.publish()
    cache = show.root / ".byline-cache/publish/host"
    show.write(WITHDRAWAL)

    real = shutil.rmtree

    def half(folder: Path, ignore_errors: bool = False) -> None:
        if folder.name != "branch.git":
            return real(folder, ignore_errors)
        for one in sorted((folder / "objects").glob("??"))[::2]:
            for file in one.iterdir():
                file.unlink()
        raise OSError(5, "the machine went down")

    with monkeypatch.context() as patched:
        patched.setattr(shutil, "rmtree", half)
        assert "went down" in show("publish")[0]
    assert "0 files new, 0 changed, 0 deleted" in show.publish()
    assert cache.exists()
    names = subprocess.run(
        ["git", "cat-file", "--batch-all-objects", "--batch"], cwd=cache / "branch.git", capture_output=True
    )
    assert b"Good evening" in names.stdout
    assert b"Cleo" not in names.stdout


def test_a_return_to_a_withdrawal_is_one(remote: Path, tmp_path: Path) -> None:
    show = Show(tmp_path / "show", f'to = "github-pages"\nremote = "{remote}"')
    show.write(WITHDRAWAL)
    show.publish()
    show.write(CONTENT)
    show.publish()
    assert "earlier releases are deleted" in show.publish("--rollback")
    assert not (show.root / ".byline-cache/publish/host/branch.git").exists()
    assert "something was withdrawn since" in show("publish --rollback")[0]


def test_what_is_mended_keeps_the_way_back(remote: Path, tmp_path: Path) -> None:
    show = Show(tmp_path / "show", f'to = "github-pages"\nremote = "{remote}"')
    show.publish()
    first = files(remote)
    show.write(EDIT)
    show.publish()
    by_hand(remote, tmp_path, "echo mine > index.html")
    assert "0 files new, 1 changed, 0 deleted" in show.publish("--take-over")
    show.publish("--rollback")
    del first[".byline/state.json"]
    assert first.items() <= files(remote).items()


def test_a_repository_beside_the_archive_is_found_from_there(remote: Path, tmp_path: Path) -> None:
    show = Show(tmp_path / "show", f'to = "github-pages"\nremote = "../{remote.name}"')
    show.publish()
    assert "index.html" in files(remote)


def test_each_host_reads_its_rules_where_it_looks_for_them(remote: Path, tmp_path: Path) -> None:
    show = Show(tmp_path / "show", f'to = "netlify"\nremote = "{remote}"')
    read = {
        "netlify": ["_headers", "_redirects", "404.html", "archive/index.html", "archive/404.html"],
        "cloudflare-pages": ["_headers", "_redirects", "404.html", "archive/index.html"],
        "vercel": ["vercel.json", "404.html", "archive/index.html"],
        "gitlab-pages": [".gitlab-ci.yml", "public/index.html", "public/404.html"],
    }
    for name, expected in read.items():
        show.deploy(f'to = "{name}"\nremote = "{remote}"\nbranch = "{name}"')
        show.publish()
        assert set(expected) <= files(remote, name).keys()
    redirects = git(remote, "show", "cloudflare-pages:_redirects").splitlines()
    assert "/archive/contributors/ada-of-old/ /archive/contributors/ada/ 301" in redirects
    assert "/archive/2014/lamp/ /archive/records/lamp/ 301!" in git(remote, "show", "netlify:_redirects")
    headers = git(remote, "show", "cloudflare-pages:_headers")
    names = [line.split(":")[0].strip() for line in headers.splitlines() if line.startswith(" ")]
    assert names.count("Content-Security-Policy") == 1, "rules that match are added up"
    vercel = json.loads(git(remote, "show", "vercel:vercel.json"))
    assert {"source": "/archive/2014/lamp/", "destination": "/archive/records/lamp/", "statusCode": 301} in (
        vercel["redirects"]
    )
    show.deploy(f'to = "netlify"\nremote = "{remote}"\nbranch = "plain"\nredirects = "pages"')
    show.publish()
    assert "_redirects" not in files(remote, "plain")
    assert "archive/2014/lamp/index.html" in files(remote, "plain")


def test_what_hosts_read_of_headers_is_whole_and_short_enough(tmp_path: Path) -> None:
    hosts = [f"a-name-of-some-length-{number}.media-storage.example" for number in range(20)]
    root = tmp_path / "archive"
    files = {
        "byline.toml": "[archive]\ntitle = 'L'\nbase_url = 'https://lanterns.test/'\n"
        "[deploy.host]\nto = 'cloudflare-pages'\nremote = 'git@code.example:lanterns.git'\n",
        "content/contributors/ada.md": "---\nname: Ada\n---\n",
        "content/episodes/e1/index.md": "---\ntitle: One\nreleased: 2014\ncredits: {host: ada}\n"
        f"media: [{', '.join(f'https://{host}/a.mp3' for host in hosts)}]\n"
        "chapters: [{title: End, at: '0:40'}]\n---\n",
        "content/episodes/e1/segments/s1.md": "---\ntitle: S\n---\n",
        "content/records/r1.md": "---\ntitle: R\n---\n",
    }
    write(root, files)
    made = build(root, tmp_path / "site")
    assert made.status == 0, made.text
    lines = (made.output / "_headers").read_text("utf-8").splitlines()
    assert max(map(len, lines)) < 2000, "Cloudflare ignores longer lines"
    # Programs of other sites may read all that is there for them.
    allowed = "  Access-Control-Allow-Origin: *"
    opened = [path for path, header in pairwise(lines) if header == allowed]
    patterns = [re.sub(":[a-z]+", "[^/]+", path).replace("*", ".+") for path in opened]
    found = [path for path in made.output.rglob("*.json") if path.name[0] != "."]
    paths = [f"/{path.relative_to(made.output)}" for path in found]
    assert [path for path in paths if not any(re.fullmatch(one, path) for one in patterns)] == []
    assert {"index.json", "credits.json", "chapters.json", "feed.json"} <= {path.name for path in found}


def test_a_build_leaves_what_the_hosts_of_the_archive_read(remote: Path, tmp_path: Path) -> None:
    show = Show(tmp_path / "show", f'to = "netlify"\nremote = "{remote}"')
    root = show.settings.replace("https://lanterns.test/archive/", "https://lanterns.test/")
    places = (
        f'[deploy.other]\nto = "cloudflare-pages"\nremote = "{remote}"\nbranch = "other"\n'
        f'[deploy.server]\nto = "folder"\npath = "{tmp_path / "www"}"\nserver = "nginx"\n'
    )
    show.write({"byline.toml": root + places, "static/_headers": "/*\n  X-Robots-Tag: noarchive\n"})
    assert show("build")[1] == 0
    output = show.root / "output"
    assert (output / "_headers").read_text() == "/*\n  X-Robots-Tag: noarchive\n", "the editor's own"
    assert "/2014/lamp/ /records/lamp/ 301!" in (output / "_redirects").read_text()
    assert "location" in (output / ".byline/nginx.conf").read_text()
    before = {path: path.read_bytes() for path in output.rglob("*") if path.is_file()}
    for name in ("host", "other", "server"):
        show.publish(name)
    assert {path: path.read_bytes() for path in output.rglob("*") if path.is_file()} == before
    assert "301!" in git(remote, "show", "gh-pages:_redirects")
    assert "301!" not in git(remote, "show", "other:_redirects")
    for branch in ("gh-pages", "other"):
        assert "X-Robots-Tag" in git(remote, "show", f"{branch}:_headers")
        assert ".byline/nginx.conf" not in files(remote, branch)
    assert (tmp_path / "www/.byline/nginx.conf").exists()
    assert not (tmp_path / "www/_redirects").exists()
    assert "a publish would send 0 new files, change 0 and delete 0" in show("plan --deploy host")[0]


def test_releases_before_stay_as_long_as_the_host_has_room(
    remote: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    show = Show(tmp_path / "show", f'to = "cloudflare-pages"\nremote = "{remote}"')
    show.publish()
    first = files(remote)
    old = {path for path in first if path.startswith("archive/media/")}
    most = len(first) + 3
    known = limits()
    small = known | {"cloudflare-pages": msgspec.structs.replace(known["cloudflare-pages"], files=most)}
    monkeypatch.setattr(command, "limits", lambda: small)
    show.write(EDIT)
    assert show("build")[1] == 0
    assert ", or fewer, since the host does not take all" in show("plan")[0]
    show.publish()
    left = files(remote).keys() & old
    assert left < old
    assert len(files(remote)) <= most
    assert "there is no release before this one" in show("publish --rollback")[0]


def test_a_push_that_is_cut_off_anywhere_leaves_a_whole_site(
    remote: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After so many bytes the connection breaks, or the publisher is killed: old or new, never half."""
    with servers.git(tmp_path) as port:
        for name in ("first", "second"):
            subprocess.run(["git", "init", "--quiet", "--bare", f"{tmp_path}/{name}.git"], check=True)
        show = Show(tmp_path / "show", 'to = "github-pages"\nremote = "git://site.invalid/site.git"')
        monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
        monkeypatch.setenv("GIT_CONFIG_VALUE_0", "git://site.invalid/site.git")
        cut = 0

        def publish(name: str, most: int, killing: bool = False) -> tuple[str, int, int]:
            running: list[subprocess.Popen[bytes]] = []
            end = (lambda: servers.kill(running[0])) if killing else (lambda: None)
            cutter = servers.Cutter(port, most, end)
            address = f"git://127.0.0.1:{cutter.port}/{name}.git"
            monkeypatch.setenv("GIT_CONFIG_KEY_0", f"url.{address}.insteadOf")
            if killing:
                pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
                command = [*PROGRAM, "-C", str(show.root), "publish"]
                running.append(subprocess.Popen(command, start_new_session=True, **pipes))  # type: ignore[call-overload]
                text, status = running[0].communicate()[0].decode(), running[0].returncode
            else:
                text, status = show("publish")
            cutter.close()
            return text, status, cutter.passed

        total = publish("first", 1 << 30)[2]
        for change, most in (({}, total), (EDIT, total // 2)):
            show.write(change)
            moments = [*range(1, most, most // MOMENTS), most - 60]
            for number, at in enumerate(moments):
                text, status, _ = publish("second", at, killing=number % 4 == 3)
                if status == 0:
                    break
                assert status == -9 or text.startswith("Error: git "), text
                cut += 1
                second = tmp_path / "second.git"
                there = in_branch(second, "gh-pages", "") if git(second, "branch") else {}
                assert visited(there) == []
                ours = r.read_state(there.get(r.STATE, b"")).current.files
                assert {path: r.digest_of(data) for path, data in there.items() if path != r.STATE} == {
                    path: entry[0] for path, entry in ours.items()
                }
            monkeypatch.setenv("GIT_CONFIG_KEY_0", f"url.git://127.0.0.1:{port}/second.git.insteadOf")
            show.publish()
            text = show.publish()
            assert "0 files new, 0 changed, 0 deleted" in text
            there = in_branch(tmp_path / "second.git", "gh-pages", "")
            assert {"index.html", r.STATE} <= there.keys()
        assert cut >= MOMENTS
