"""What a process holds in memory: what is free is given back; more than so much is too much."""

from __future__ import annotations

import ctypes
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

MEGABYTES = 140.0  # of a process that serves pages; 180 are asked (docs/speed.md)
GROWN = 40.0  # megabytes above its beginning: where that is large, a fresh process is no remedy
_HELD = Path("/proc/self/smaps_rollup")
_lock, _borrowers = Lock(), [0]


def bound(begun: float) -> float:
    """Megabytes that a process may hold which began with so many."""
    return max(MEGABYTES, begun + GROWN)


def give_back() -> None:
    """To the system, where the C library can: each thread that is done leaves room behind."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)


def held() -> float:
    """Megabytes, its part of what several processes share; 0 where the system does not say."""
    with suppress(OSError):
        for line in _HELD.read_text(encoding="ascii").splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1024
    return 0.0


@contextmanager
def borrowed() -> Iterator[None]:
    """What is taken inside is back in a moment: a look at it now would say too much."""
    with _lock:
        _borrowers[0] += 1
    try:
        yield
    finally:
        with _lock:
            _borrowers[0] -= 1


def settled() -> bool:
    """Whether nobody has borrowed anything just now."""
    return not _borrowers[0]
