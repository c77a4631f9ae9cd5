"""Plans: every listing has as many pages as its items need."""

from collections import Counter
from pathlib import Path

import pytest

from byline import build
from byline.pages.contributors import items

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("per_page", [10, 11])
def test_credit_pages_have_room_for_all_that_they_list(per_page: int) -> None:
    checked = build.check(ROOT, (f"pages.per_page={per_page}",))
    assert checked.archive is not None
    planned = Counter(output.id for output in checked.outputs if output.kind == "contributor")
    shown = [id_ for id_, one in checked.archive.library.contributors.items() if not one.withdrawn]
    assert {id_: planned[id_] for id_ in shown} == {
        id_: max(1, -(-len(items(checked.archive, id_)) // per_page)) for id_ in shown
    }
    assert max(planned.values()) > 1
