"""What is said before anything is built: how large a site will be, and whether a host takes it."""

import io
import re
from html import unescape
from pathlib import Path
from urllib.parse import unquote, urlsplit

from PIL import Image

from byline.deploy import KINDS
from byline.publish.hosts import HOSTS, limits
from byline.publish.purge import lines
from conftest import byline, write
from publish.conftest import CONTENT, EDIT, SETTINGS, WITHDRAWAL, Show, picture

CLOUDFLARE = '\n[deploy.site]\nto = "cloudflare-pages"\nremote = "git@git.invalid:show/site.git"\n'


def refused(root: Path) -> str:
    """What plan and publish say of a site that does not fit; neither has done any work."""
    text, status = byline(root, "plan")
    assert status == 1
    assert "site: does not fit (Cloudflare Pages)" in text
    said, status = byline(root, "publish")
    assert status == 1
    assert "`byline plan --deploy site` says what can be left out" in said
    assert not (root / "output").exists()
    return text


def test_too_many_files(tmp_path: Path) -> None:
    people = "id,name\n" + "".join(f"p{n},Person {n}\n" for n in range(6_000))
    records = "id,title,kind,by\n" + "".join(f"r{n},Record {n},idea,p{n}\n" for n in range(6_000))
    ledgers = {"content/contributors.csv": people, "content/records.csv": records}
    write(
        tmp_path,
        {"byline.toml": SETTINGS + CLOUDFLARE, "content/index.md": "---\ntitle: L\n---\n", **ledgers},
    )
    text = refused(tmp_path)
    files = int(text.split(" files")[0].replace(",", ""))
    assert files > 60_000
    assert f"{files:,} files, and Cloudflare Pages takes 20,000" in text
    assert 'way out: [pages] badges = "none" leaves out 6,000 files' in text
    ways = [line.split("[pages] ")[1].split(" leaves")[0] for line in text.splitlines() if "way out:" in line]
    smaller = "".join(f"{way}\n" for way in ways)
    write(tmp_path, {"byline.toml": SETTINGS + "[pages]\n" + smaller + CLOUDFLARE})
    text, status = byline(tmp_path, "plan")
    assert (status, "site: fits" in text) == (0, True), "what was proposed is enough"


def test_too_many_redirects(tmp_path: Path) -> None:
    aliases = ", ".join(f"old/{n}" for n in range(2_101))
    page = f"---\ntitle: L\naliases: [{aliases}]\n---\n"
    write(tmp_path, {"byline.toml": SETTINGS + CLOUDFLARE, **CONTENT, "content/pages/about.md": page})
    text = refused(tmp_path)
    assert "2,108 redirects, and Cloudflare Pages takes 2,000" in text
    assert 'way out: redirects = "pages" in its [deploy.NAME]' in text
    write(tmp_path, {"byline.toml": SETTINGS + CLOUDFLARE + 'redirects = "pages"\n'})
    assert byline(tmp_path, "plan")[1] == 0


def test_a_file_that_is_too_large(tmp_path: Path) -> None:
    write(tmp_path, {"byline.toml": SETTINGS + CLOUDFLARE, **CONTENT})
    with (tmp_path / "static/whole-night.mp4").open("wb") as file:
        file.truncate(30 << 20)
    text = refused(tmp_path)
    assert "whole-night.mp4 has 30.0 MiB, and Cloudflare Pages takes files of 25.0 MiB" in text
    assert "way out: put large files elsewhere and name them by `url`" in text


def test_a_plan_is_exact_where_it_can_be_and_says_where_it_is_not(tmp_path: Path) -> None:
    show = Show(tmp_path / "show", f'to = "folder"\npath = "{tmp_path / "www"}"')
    text, status = show("plan")
    assert status == 0
    assert "are estimated" in text
    assert "a publish would send" in text
    planned = text.split(" files")[0]
    show.publish()
    text, status = show("plan")
    assert text.startswith(f"{planned} files")
    assert "estimated" not in text
    assert "a publish would send 0 new files, change 0 and delete 0" in text
    sizes = [path.stat().st_size for path in (show.root / "output").rglob("*") if path.is_file()]
    manifest = (show.root / "output/.byline-manifest.json").stat().st_size
    assert f"{(sum(sizes) - manifest) / 1024:.1f} KiB" in text


def test_a_plan_counts_what_a_server_gets_besides(tmp_path: Path) -> None:
    show = Show(tmp_path / "show", f'to = "folder"\npath = "{tmp_path / "www"}"\nserver = "nginx"')
    assert show("build")[1] == 0
    told = show("plan")[0].partition("would send ")[2]
    assert show.publish().startswith(f"host: {told.split()[0]} files new")
    text = show("plan")[0]
    assert "a publish would send 0 new files, change 0 and delete 0\n" in text
    assert "of releases before" not in text
    for shade in (60, 90, 120):
        show.write({**EDIT, "content/records/lamp.png": picture(shade)})
        assert show("build")[1] == 0
        told = re.findall(r"send (\d+) new files, change (\d+) and delete (\d+)", show("plan")[0])
        assert "{} files new, {} changed, {} deleted".format(*told[0]) in show.publish()
    assert told[0][2] != "0", "pictures of three releases ago"


def test_a_plan_says_what_a_publish_then_does(tmp_path: Path) -> None:
    """Also where nothing changes, pictures come back that the host still has, or something is withdrawn."""
    show = Show(tmp_path / "show", f'to = "folder"\npath = "{tmp_path / "www"}"')
    show.publish()
    done = []
    for change in (
        {"content/records/lamp.png": picture(60)},
        {"content/records/lamp.png": picture(90)},
        {},
        {"content/records/lamp.png": picture(60)},
        {},
        WITHDRAWAL,
    ):
        show.write(change)
        assert show("build")[1] == 0
        told = re.findall(r"send (\d+) new files, change (\d+) and delete (\d+)", show("plan")[0])
        done.append(show.publish())
        assert "{} files new, {} changed, {} deleted".format(*told[0]) in done[-1]
    assert "0 files new, 0 changed, 0 deleted" in done[2]
    assert "earlier releases are deleted" in done[5]


def test_a_plan_tells_the_formats_of_pictures(tmp_path: Path) -> None:
    picture = io.BytesIO()
    Image.linear_gradient("L").resize((1000, 500)).convert("RGB").save(picture, "JPEG")
    record = "---\ntitle: Lamp\nkind: image\nmedia: {file: lamp.jpg, alt: A lamp}\n---\n"
    write(
        tmp_path,
        {
            "byline.toml": SETTINGS + "[media]\nwidths = [400, 800]\noriginals = true\n",
            "content/records/lamp/index.md": record,
            "content/records/lamp/lamp.jpg": picture.getvalue(),
        },
    )
    expected = {"avif": 2, "jpeg": 2, "webp": 2, "original": 1}

    def planned() -> tuple[dict[str, int], str]:
        text, status = byline(tmp_path, "plan")
        assert status == 0, text
        return {kind: int(count) for count, kind in re.findall(r"^(\d+) .* media (\w+)$", text, re.M)}, text

    kinds, text = planned()
    assert kinds == expected
    # 400 x 200 and 800 x 400 pixels, at 0.12 bytes each.
    assert re.search(r"^2 +46\.9 KiB +media jpeg$", text, re.MULTILINE)
    assert byline(tmp_path, "build")[1] == 0
    assert planned()[0] == expected
    made = [path for path in (tmp_path / "output/media").rglob("*") if path.is_file()]
    assert len(made) == sum(expected.values())
    next(path for path in made if path.suffix == ".avif").unlink()
    # Of the other picture in that format it is known how many bytes a pixel has.
    assert "of which the sizes of 1 are estimated" in planned()[1]


def test_every_host_is_known_everywhere() -> None:
    assert [host.name for host in HOSTS] == list(KINDS)
    assert limits().keys() == KINDS.keys()


def test_a_placeholder_is_never_published(tmp_path: Path) -> None:
    show = Show(tmp_path / "show", f'to = "folder"\npath = "{tmp_path / "www"}"')
    text, status = show("publish --set archive.base_url=https://archive.example/")
    assert (status, "is still the one of `byline new`" in text) == (1, True)
    assert not (tmp_path / "www").exists()


def test_addresses_to_purge_in_the_form_of_each_cdn() -> None:
    paths = ["a b/index.html", "x.png", "x.png.gz", ".byline/kept/1"]
    site = "https://show.test/archive/"
    plain = [site + "a%20b/", site + "a%20b/index.html", site + "x.png"]
    assert list(lines("", site, paths)) == plain
    assert list(lines("cloudflare", site, paths)) == ['{"files": ["' + '", "'.join(plain) + '"]}']
    assert list(lines("fastly", site, paths)) == [f"curl -X PURGE '{url}'" for url in plain]
    assert "--paths '/archive/a%20b/' '/archive/a%20b/index.html' '/archive/x.png'" in (
        next(lines("cloudfront", site, paths))
    )


def test_links_to_files_can_be_asked_for(tmp_path: Path) -> None:
    """Every link of every page is one to a file, as a browser needs it that opens a folder."""
    write(tmp_path, {"byline.toml": SETTINGS, **CONTENT})
    assert byline(tmp_path, "build --links files")[1] == 0
    pages = [page for page in (tmp_path / "output").rglob("*.html") if page.name != "404.html"]
    links = [
        (page, unescape(link))
        for page in pages
        for link in re.findall(r'(?:(?:href|src|poster)="|; *url=)([^"]+)"', page.read_text("utf-8"))
    ]
    inside = [(page, urlsplit(link)) for page, link in links if not urlsplit(link).scheme]
    assert len(inside) > 10 * len(pages)
    for page, link in inside:
        assert not link.path or (page.parent / unquote(link.path)).is_file(), (page, link.geturl())
