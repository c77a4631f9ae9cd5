"""What linking costs: CPU seconds and memory for archives of any number of records.

    python benchmarks/link.py [RECORDS …]        (default: 25,000, 50,000 and 100,000)

The archive is made in memory: a third as many contributors as records, an episode for every 200 records with
eight segments, two credits a record, 1.3 sources a record (a community remix archive has about that), a
use for every tenth record. Only `link` is timed; the parts are timed by themselves in one more run.
"""

import gc
import random
import resource
import sys
import time

from byline import crediting, identify, resolve, tracing
from byline.archive import link
from byline.credits import Shown
from byline.problems import Place
from byline.settings import Settings
from byline.values import (
    AnyDocument,
    Contributor,
    CreditLine,
    Episode,
    Record,
    Segment,
    SourceLine,
    Use,
)
from byline.vocabulary import builtin

# Published measures of a community remix archive: no chain is longer than ten records.
DEEPEST = 9
ROLES = ["author", "illustrator", "photographer", "composer", "animator", "idea"]


def documents(count: int) -> list[AnyDocument]:
    """A made-up archive of so many records; the same every time."""
    rnd = random.Random(count)
    people = max(3, count // 3)
    depth: list[int] = []
    out: list[AnyDocument] = [
        Contributor(id=f"c{n}", place=Place("contributors.jsonl", n + 1), name=f"Person {n}")
        for n in range(people)
    ]
    for n in range(count):
        wanted = rnd.choices([0, 1, 2, 3, 5], [27, 37, 17, 11, 8])[0] if n else 0
        sources = {rnd.randrange(max(0, n - 5000), n) for _ in range(wanted)} if n else set()
        sources = {source for source in sources if depth[source] < DEEPEST}
        depth.append(1 + max((depth[source] for source in sources), default=-1))
        out.append(
            Record(
                id=f"r{n}",
                place=Place(f"records/{n}.md", 2),
                title=f"Record {n}",
                kind="image",
                date=f"20{10 + n * 15 // count:02}-{1 + n % 12:02}-{1 + n % 28:02}",
                license="CC-BY-SA-4.0",
                credits=tuple(
                    CreditLine(rnd.choice(ROLES), f"c{int(people * rnd.random() ** 2)}") for _ in range(2)
                ),
                sources=tuple(SourceLine(f"r{s}", index=at) for at, s in enumerate(sorted(sources))),
            )
        )
    for e in range(max(1, count // 200)):
        out.append(
            Episode(
                id=f"e{e}",
                place=Place(f"episodes/e{e}/index.md", 2),
                title=f"Episode {e}",
                season=f"s{e // 8}",
                number=str(e % 8 + 1),
                released=f"20{10 + e % 15}-01-01",
                credits=(CreditLine("host", f"c{e % people}"),),
            )
        )
        for s in range(8):
            used = [Use(f"r{rnd.randrange(count)}", index=at) for at in range(3)]
            out.append(
                Segment(
                    id=f"g{s}",
                    place=Place(f"episodes/e{e}/segments/g{s}.md", 2),
                    episode=f"e{e}",
                    title=f"Segment {s}",
                    order=s,
                    kind="song",
                    uses=tuple({use.record: use for use in used}.values()),
                )
            )
    return out


def timed(what: str, function: object, *arguments: object, **named: object) -> object:
    """Run and print CPU seconds."""
    start = time.process_time()
    found = function(*arguments, **named)  # type: ignore[operator]
    print(f"    {what:<10} {time.process_time() - start:6.2f} s")
    return found


def main() -> None:
    gc.disable()
    for count in [int(n) for n in sys.argv[1:]] or [25_000, 50_000, 100_000]:
        made = documents(count)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        start = time.process_time()
        archive, problems = link(Settings(), builtin(), made, (), {}, {}, "2026-01-01")
        cpu = time.process_time() - start
        after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        edges = sum(map(len, archive.lineage.above))
        errors = sum(problem.severity == "error" for problem in problems)
        print(
            f"{count:,} records, {edges:,} edges, {len(made):,} documents, {errors} errors: {cpu:.2f} CPU s, "
            f"{cpu / count * 1e6:.1f} µs a record, {(after - before) / 1024:.0f} MB more"
        )
        library, _ = timed("identify", identify.identify, made, (), "2026-01-01")  # type: ignore[misc]
        references, given, _ = timed("resolve", resolve.resolve, Settings(), builtin(), library, {})  # type: ignore[misc]
        kinds = builtin().source_kinds
        timed(
            "trace", tracing.trace, library.records, hidden=(), kinds=kinds, missing="error", cycles="error"
        )
        keys = [
            *(("episode", id_) for id_ in library.episodes),
            *(("segment", id_) for id_ in library.segments),
        ]
        places = [Shown(key, references.credits[key], references.uses[key]) for key in keys]
        timed(
            "credit",
            crediting.credit,
            places,
            archive.record_credits,
            given,
            references.numbers,
            archive.people,
            archive.lineage,
            (),
        )


if __name__ == "__main__":
    main()
