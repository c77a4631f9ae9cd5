"""How long an editor waits from saving a body to a real browser showing it, and what a preview costs at rest.

    python benchmarks/preview.py ARCHIVE [--edits 50] [--idle 20] [--document FILE]

Copies the archive to a temporary folder, keeps its cache warm by one build's reading, starts `byline preview`
and a Chromium, and edits the body of one document again and again. Prints the seconds from the start to the
first page, the median, 95th percentile and most of the edits in milliseconds, the longest that another page
took meanwhile, the CPU that all processes take while nothing happens, and their memory (PSS).
"""

import argparse
import compileall
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

import byline

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
BYLINE = str(Path(sys.executable).with_name("byline"))


def family(parent: int) -> list[int]:
    """A process and all that it started."""
    found, waiting = [], [parent]
    while waiting:
        one = waiting.pop()
        found.append(one)
        tasks = Path(f"/proc/{one}/task").glob("*/children")
        waiting += [int(child) for path in tasks for child in path.read_text().split()]
    return found


def cpu(processes: list[int]) -> float:
    """The CPU seconds that processes have taken."""
    ticks = 0
    for one in processes:
        fields = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def memory(processes: list[int]) -> int:
    """Their memory in MB, what they share counted once."""
    found = (Path(f"/proc/{one}/smaps_rollup").read_text() for one in processes)
    return sum(int(re.search(r"^Pss:\s+(\d+)", text, re.M)[1]) for text in found) // 1024  # type: ignore[index]


def start(root: Path) -> tuple[subprocess.Popen[str], str, float]:
    """A preview of an archive, its address, and the seconds until it gave the first page."""
    begun = time.perf_counter()
    process = subprocess.Popen(
        [BYLINE, "-C", str(root), "preview", "--port", "8700"], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    address = re.search(r"http://\S+", process.stdout.readline())
    assert address is not None
    threading.Thread(target=process.stdout.read, daemon=True).start()
    with urllib.request.urlopen(address[0]) as answer:
        answer.read()
        where = answer.url
    return process, where, time.perf_counter() - begun


# In the browser: as soon as the text of an edit has been painted, the time of that is told.
TELL = """
  let last = "";
  new MutationObserver(() => {
    const mark = /edit-\\d+-of-many/.exec(document.body?.textContent || "")?.[0];
    if (!mark || mark === last) return;
    last = mark;
    requestAnimationFrame(() => setTimeout(() => console.log(`${mark} ${Date.now()}`)));
  }).observe(document, { childList: true, subtree: true, characterData: true });
"""


def edits(page: Page, file: Path, count: int) -> list[float]:
    """Milliseconds from saving to showing, edit by edit, by the clock that browser and editor share."""
    written = file.read_text("utf-8")
    took = []
    for number in range(count):
        mark = f"edit-{number}-of-many"
        with page.expect_console_message(lambda said, mark=mark: said.text.startswith(mark)) as told:  # type: ignore[misc]
            begun = time.time()
            file.write_text(f"{written}\n\n{mark}\n", "utf-8")
        took.append(float(told.value.text.split()[1]) - begun * 1000)
        page.wait_for_timeout(300)
    file.write_text(written, "utf-8")
    page.wait_for_timeout(1000)
    return took


def others(address: str, stop: threading.Event, took: list[float]) -> None:
    """How long another page takes, asked for again and again."""
    while not stop.wait(0.02):
        begun = time.perf_counter()
        with urllib.request.urlopen(address) as answer:
            answer.read()
        took.append((time.perf_counter() - begun) * 1000)


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("archive", type=Path)
    parser.add_argument("--edits", type=int, default=50)
    parser.add_argument("--idle", type=float, default=20)
    parser.add_argument("--document", default="", help="the Markdown file to edit (default: a record's)")
    options = parser.parse_args()
    if CHROMIUM is None:
        sys.exit("no Chromium here")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        root = Path(folder) / "archive"
        root.mkdir()
        for name in ("byline.toml", "content", "static"):
            if (options.archive / name).is_dir():
                shutil.copytree(options.archive / name, root / name)
            elif (options.archive / name).exists():
                shutil.copy(options.archive / name, root / name)
        document = root / options.document if options.document else next(root.rglob("records/*.md"))
        compileall.compile_dir(Path(byline.__file__).parent, quiet=1)  # as where it was installed
        time.sleep(2.5)  # files as new as the last reading are read again
        process, _, cold = start(root)
        process.terminate()
        process.wait()
        process, address, warm = start(root)
        everyone = family(process.pid)
        before = cpu(everyone)
        time.sleep(options.idle)
        idle = (cpu(everyone) - before) / options.idle * 100
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page()
        page.add_init_script(TELL)
        page.goto(f"{address}records/{document.stem if document.stem != 'index' else document.parent.name}/")
        stop, waits = threading.Event(), list[float]()
        thread = threading.Thread(target=others, args=(f"{address}episodes/", stop, waits))
        edits(page, document, 2)
        took = sorted(edits(page, document, options.edits))
        used = memory(everyone)
        thread.start()
        edits(page, document, 5)
        stop.set()
        thread.join()
        browser.close()
        process.terminate()
        process.wait()
    print(f"first page: {cold:.2f} s cold, {warm:.2f} s with a warm cache")
    print(f"idle: {idle:.2f} % of a core; memory {used} MB")
    p95 = took[max(0, round(len(took) * 0.95) - 1)]
    print(f"{len(took)} edits: median {statistics.median(took):.0f}, p95 {p95:.0f}, most {took[-1]:.0f} ms")
    print(f"another page meanwhile: median {statistics.median(waits):.0f}, most {max(waits):.0f} ms")
    return 0


if __name__ == "__main__":
    sys.exit(main())
