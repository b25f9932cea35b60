"""Figures of the pages' processes: counted in memory that all of them share, read by any of them.

The process that starts the others makes the memory, before there are any; each of them counts in a
part of its own, so that nobody waits for anybody but the threads beside it. What is counted is
known when the app is built: nothing that a visitor sends can make it more.
"""

from __future__ import annotations

import threading
from bisect import bisect_left
from typing import TYPE_CHECKING, Any

from sqlalchemy import event
from sqlalchemy.orm import Session

if TYPE_CHECKING:
    import mmap
    from collections.abc import Iterator, Sequence

    from flask import Flask
    from sqlalchemy.pool import Pool

# Cells of a part before the counts. The first stays when the process dies, so that what it counted
# is not lost; its follower counts on. The others are emptied by whoever buries it.
HEAD = 8
EVER, ALIVE, CONNECTIONS, MOST_CONNECTIONS = range(4)
STATUSES = (200, 204, 302, 303, 304, 400, 401, 403, 404, 405, 409, 413, 422, 429, 500, 503, 0)
BOUNDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)  # seconds
OTHER = "other"


class Board:
    """The cells of all processes, and what stands in which."""

    def __init__(self) -> None:
        self.on = False
        self.cells: Any = []
        self.size = self.begin = self.needed = self.most = 0
        self.endpoints: dict[str, int] = {}
        self.acts: dict[str, int] = {}
        self.lock = threading.Lock()

    def lay_out(self, endpoints: Sequence[str], acts: Sequence[str]) -> None:
        """Give each endpoint and each act its cells, in an order that all processes know."""
        self.endpoints = {name: n for n, name in enumerate([*sorted(endpoints), OTHER])}
        self.acts = {name: n for n, name in enumerate(acts)}
        number = len(self.endpoints)
        self.at_requests = HEAD
        self.at_times = self.at_requests + number * len(STATUSES)
        self.at_sums = self.at_times + number * (len(BOUNDS) + 1)
        self.at_queries = self.at_sums + number
        self.at_acts = self.at_queries + number
        self.needed = self.at_acts + len(acts)
        if not self.size:  # nobody shares: tests, a development server, who starts the others
            self.cells, self.size = [0.0] * self.needed, self.needed
        self.enter()

    def enter(self) -> None:
        """Say in the part that is ours that somebody counts there."""
        self.on = 0 < self.needed <= self.size
        if self.on:
            self.cells[self.begin + EVER] = self.cells[self.begin + ALIVE] = 1
            self.cells[self.begin + MOST_CONNECTIONS] = self.most

    def add(self, cell: int, by: float = 1) -> None:
        """Count; the threads of this process wait for each other, and for nobody else."""
        with self.lock:
            self.cells[self.begin + cell] += by

    def parts(self) -> Iterator[int]:
        """Where the parts begin that a process has counted in."""
        for begin in range(0, len(self.cells) - self.size + 1, self.size):
            if self.cells[begin + EVER]:
                yield begin

    def sum(self, cell: int, begins: Sequence[int]) -> float:
        """A cell of all processes together."""
        return float(sum(self.cells[begin + cell] for begin in begins))


_board = Board()


def share(memory: mmap.mmap, part: int, size: int) -> None:
    """Count from now on in this part of memory that other processes share; `size` in bytes.

    The app was built before, by the process that starts the others.
    """
    _board.cells = memoryview(memory).cast("d")
    _board.size = size // 8
    _board.begin = part * _board.size
    _board.enter()


def init_app(app: Flask, acts: Sequence[str]) -> None:
    """Begin to count, where somebody may read it: the app is whole, its endpoints are known."""
    if app.config["METRICS_TOKEN"] or app.config["METRICS_LOOPBACK"]:
        _board.lay_out(sorted({rule.endpoint for rule in app.url_map.iter_rules()}), acts)


def watch(pool: Pool) -> None:
    """Count the connections to the database that are in use."""
    if _board.on:
        event.listen(pool, "checkout", lambda *_: _board.add(CONNECTIONS))
        event.listen(pool, "checkin", lambda *_: _board.add(CONNECTIONS, -1))
        _board.most = getattr(pool, "size", int)() + max(0, getattr(pool, "_max_overflow", 0))
        _board.cells[_board.begin + MOST_CONNECTIONS] = _board.most


def request(endpoint: str, status: int, seconds: float, queries: int) -> None:
    """A request was answered."""
    if not _board.on:
        return
    row = _board.endpoints.get(endpoint, _board.endpoints[OTHER])
    at = STATUSES.index(status) if status in STATUSES else len(STATUSES) - 1
    slot = bisect_left(BOUNDS, seconds)
    cells, begin = _board.cells, _board.begin
    with _board.lock:
        cells[begin + _board.at_requests + row * len(STATUSES) + at] += 1
        cells[begin + _board.at_times + row * (len(BOUNDS) + 1) + slot] += 1
        cells[begin + _board.at_sums + row] += seconds
        cells[begin + _board.at_queries + row] += queries


def acted(session: Any, act: str) -> None:
    """An act was written; it counts once it is committed."""
    if _board.on:
        session.info.setdefault("acts", []).append(act)


@event.listens_for(Session, "after_commit")
def _committed(session: Session) -> None:
    for act in session.info.pop("acts", ()):
        if act in _board.acts:
            _board.add(_board.at_acts + _board.acts[act])


@event.listens_for(Session, "after_rollback")
def _taken_back(session: Session) -> None:
    session.info.pop("acts", None)


def lines() -> Iterator[str]:
    """All that was counted, in the text that Prometheus reads."""
    if not _board.on:
        return
    begins = list(_board.parts())
    yield from head("talent_requests_total", "counter", "Requests by endpoint and status.")
    for name, row in _board.endpoints.items():
        for n, status in enumerate(STATUSES):
            told = {"endpoint": name, "status": str(status or OTHER)}
            cell = _board.at_requests + row * len(STATUSES) + n
            yield from _counted("talent_requests_total", cell, begins, told)
    yield from head("talent_request_seconds", "histogram", "How long requests took.")
    for name, row in _board.endpoints.items():
        yield from _histogram(name, row, begins)
    yield from head("talent_request_queries_total", "counter", "Statements sent to the database.")
    for name, row in _board.endpoints.items():
        told = {"endpoint": name}
        yield from _counted("talent_request_queries_total", _board.at_queries + row, begins, told)
    yield from head("talent_acts_total", "counter", "Acts of the audit trail, by these processes.")
    for name, n in _board.acts.items():
        yield from _counted("talent_acts_total", _board.at_acts + n, begins, {"act": name})
    for name, cell, said in (
        ("talent_db_connections", CONNECTIONS, "Connections to the database in use."),
        ("talent_db_connections_most", MOST_CONNECTIONS, "How many the pools may open."),
        ("talent_processes", ALIVE, "Processes that serve pages on this machine."),
    ):
        yield from head(name, "gauge", said)
        yield line(name, _board.sum(cell, begins))


def _counted(name: str, cell: int, begins: Sequence[int], told: dict[str, str]) -> Iterator[str]:
    if number := _board.sum(cell, begins):
        yield line(name, number, told)


def _histogram(endpoint: str, row: int, begins: Sequence[int]) -> Iterator[str]:
    first = _board.at_times + row * (len(BOUNDS) + 1)
    counts = [_board.sum(first + n, begins) for n in range(len(BOUNDS) + 1)]
    if not any(counts):
        return
    whole = 0.0
    for bound, number in zip((*BOUNDS, "+Inf"), counts, strict=True):
        whole += number
        told = {"endpoint": endpoint, "le": str(bound)}
        yield line("talent_request_seconds_bucket", whole, told)
    name = {"endpoint": endpoint}
    yield line("talent_request_seconds_sum", _board.sum(_board.at_sums + row, begins), name)
    yield line("talent_request_seconds_count", whole, name)


def head(name: str, kind: str, said: str) -> Iterator[str]:
    """What a figure is."""
    yield f"# HELP {name} {said}"
    yield f"# TYPE {name} {kind}"


def line(name: str, value: float, told: dict[str, str] | None = None) -> str:
    """One figure; what tells it apart is written so that it stays one line."""
    labels = ",".join(f'{key}="{_quoted(text)}"' for key, text in (told or {}).items())
    number = int(value) if float(value).is_integer() else repr(float(value))
    return f"{name}{{{labels}}} {number}" if labels else f"{name} {number}"


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
