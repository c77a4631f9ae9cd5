"""One piece of work begun in a forked process, while this one goes on with what does not need it."""

import os
import signal
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from typing import TypeVar

import msgspec

T = TypeVar("T")


def aside(work: Callable[[], T], kind: type[T]) -> Callable[[], T]:
    """Begin work in a forked process; what is given back waits for the result, a value of `kind`.

    Where there cannot be another process, or it was ended, the work is done when it is waited for.
    """
    if not hasattr(os, "fork"):
        return cache(work)
    try:
        ours, theirs = os.pipe()
    except OSError:
        return cache(work)
    try:
        child = os.fork()
    except OSError:
        os.close(ours)
        os.close(theirs)
        return cache(work)
    if not child:
        with suppress(BaseException):  # it will be raised where the work is done again
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            os.close(ours)  # so that it ends where nobody is left to take what it sends
            os.closerange(0, 3)  # who waits for all that this process prints does not wait for this one
            with os.fdopen(theirs, "wb") as pipe:
                pipe.write(msgspec.msgpack.encode(work()))
        os._exit(0)
    os.close(theirs)

    @cache
    def result() -> T:
        try:
            with os.fdopen(ours, "rb") as pipe:
                return msgspec.msgpack.decode(pipe.read(), type=kind)
        except msgspec.DecodeError:
            return work()
        finally:
            os.waitpid(child, 0)

    return result
