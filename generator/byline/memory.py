"""Very many values in memory."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def many_values() -> Iterator[None]:
    """While very many values are made that all stay, the collector only costs: a third of loading.

    Then they are set apart, so that it does not touch them again, here or in workers that share them.
    """
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if collects:
            gc.enable()
