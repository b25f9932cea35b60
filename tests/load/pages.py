"""What each page costs beside a bare page, at one size: `bench.py` starts this and reads its rows.

In turns the bare page is asked for so many times, then each page of the app. The CPU of the serving
processes is divided by what the bare page cost in the same turn, so that a machine that is busy or
slow leaves the ratio as it is.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

import bench
import seed
import served

if TYPE_CHECKING:
    from collections.abc import Callable

ROUNDS, WARM = 10, 8
BARE = "bare page, 50 rows"


@dataclass(frozen=True)
class Page:
    """What is asked for: by the turn an address and an account; acts are sent."""

    name: str
    of: Callable[[int], tuple[str, int]]
    method: str = "GET"
    htmx: bool = False
    most: int | None = None  # an act can be done only so many times


def pages(known):
    """All that is asked, each time by or about somebody else."""
    (boss,), people = known["boss"], known["volunteers"]
    shift, roster, crowd = known["coming"][0], *known["rosters"]

    def anybody(path):
        return lambda turn: (path, people[turn * 37 % len(people)])

    def office(path):
        return lambda _turn: (path, boss)

    return [
        Page("healthz", anybody("/healthz")),
        Page("list of 50 shifts", anybody("/shifts/")),
        Page("shifts for me", anybody("/shifts/for-me")),
        Page("my shifts", anybody("/shifts/mine")),
        Page("my hours, 50 records", anybody("/hours/")),
        Page("roster, 50 rows", office(f"/shifts/{roster}/roster")),
        Page("fragment: a shift of the board", office(f"/shifts/board/{shift}"), htmx=True),
        Page("one shift", office(f"/shifts/{shift}")),
        Page("board, a day", office("/shifts/board?view=day")),
        Page("board, a week", office("/shifts/board?view=week")),
        Page("board, a month", office("/shifts/board?view=month")),
        Page("people", office("/people/")),
        Page("roster, 500 rows", office(f"/shifts/{crowd}/roster")),
        _sign_ups("one sign-up", known, first=0),
        _sign_ups("one sign-up in place", known, first=1, htmx=True),
    ]


def _sign_ups(name, known, *, first, htmx=False):
    """Places taken, each by another person on another shift of the community in which he lives."""
    shifts = known["coming"][first::2]
    each = len(known["volunteers"]) // seed.COMMUNITIES

    def of(turn):
        shift = shifts[turn]
        community = shift % (seed.COMMUNITIES * 5) // 5
        person = (each - 1 - turn % each) * seed.COMMUNITIES + community or seed.COMMUNITIES
        return f"/shifts/{shift}/signup?need={shift * seed.POSITIONS}", person

    return Page(name, of, "POST", htmx, most=min(each, len(shifts)))


class Count:
    """What is known of one page: answers, and for each round what an answer cost."""

    def __init__(self, page):
        self.page, self.turn = page, 0
        self.answers, self.cpu, self.database = [], [], []
        self.statements = 0

    def ask(self, site, times):
        """So many times over one line."""
        if self.page.most is not None:
            times = min(times, self.page.most - self.turn)
        line, used, asked = site.connected(), site.cpu(), site.cpu_of_database()
        found = []
        for _ in range(times):
            path, account = self.page.of(self.turn)
            self.turn += 1
            found.append(site.ask(path, account, self.page.method, line, htmx=self.page.htmx))
        line.close()
        return found, site.cpu() - used, site.cpu_of_database() - asked

    def measure(self, site, times):
        """A round."""
        found, used, asked = self.ask(site, times)
        if found:
            self.answers += found
            self.cpu.append(1000 * used / len(found))
            self.database.append(1000 * asked / len(found))

    def row(self, bare):
        """A row of the table."""
        row = served.summed(self.page.name, self.answers, 0)
        ratios = [mine / its for mine, its in zip(self.cpu, bare.cpu, strict=False)]
        return row | {
            "cpu_ms": round(median(self.cpu), 2),
            "database_ms": round(median(self.database), 2),
            "ratio": round(median(ratios), 2),
            "statements": self.statements,
        }


def asked_in_turns(site, plain, known, times):
    """All pages in turns with the bare one; a row for each."""
    bare = Count(Page(BARE, lambda _turn: ("/", 1)))
    counts = [Count(page) for page in pages(known)]
    for _ in range(WARM):  # by now each process has met each page, also with nothing cached
        bare.ask(plain, 2)
        for count in counts:
            if count.page.most is None:
                count.ask(site, 2)
    for count in counts:
        if count.page.most is not None:
            count.ask(site, 4)
        path, account = count.page.of(count.turn)
        count.turn += 1
        count.statements = site.statements(path, account, count.page.method, htmx=count.page.htmx)
    for _ in range(ROUNDS):
        bare.measure(plain, max(times // ROUNDS, 1))
        for count in counts:
            some = times // ROUNDS if count.page.most is None else count.page.most // ROUNDS - 1
            count.measure(site, max(some, 1))
    return [count.row(bare) for count in (bare, *counts)]


def storm(site, known, people, within, at_once=32):
    """All want the same shift, coming evenly within so many seconds."""
    shift, need = known["storm"][0], known["storm_need"][0]
    path = f"/shifts/{shift}/signup?need={need}"
    crowd = known["volunteers"][:: max(len(known["volunteers"]) // people, 1)][:people]
    began = time.perf_counter()
    used = site.cpu()

    def come(turn, person):
        time.sleep(max(began + within * turn / len(crowd) - time.perf_counter(), 0))
        return site.ask(path, person, "POST")

    with ThreadPoolExecutor(at_once) as pool:
        answers = list(pool.map(come, range(len(crowd)), crowd))
    row = served.summed(f"storm: {people} people, 50 places", answers, site.cpu() - used)
    row["seconds"] = round(time.perf_counter() - began, 1)
    row["seated"] = sum(each.status == 303 for each in answers)
    row["refused"] = sum(each.status == 409 for each in answers)
    row["errors"] = sum(each.status >= 500 for each in answers)
    return row


def soak(site, known, seconds):
    """Load without a pause; what the processes hold in memory, sampled sixty times."""
    wanted = [page for page in pages(known) if page.method == "GET"]
    began, samples, asked = time.monotonic(), [], 0
    while (past := time.monotonic() - began) < seconds:
        while time.monotonic() - began < past + seconds / 60:
            page = wanted[asked % len(wanted)]
            path, account = page.of(asked)
            status = site.ask(path, account, htmx=page.htmx).status
            if status >= 400:
                sys.exit(f"{path} answered {status}")
            asked += 1
        samples.append((time.monotonic() - began, site.megabytes()))
        print(f"{samples[-1][0]:7.0f} s {asked:9,} asked {samples[-1][1]} MB", flush=True)
    return {"name": "soak", "asked": asked, "seconds": seconds, "samples": samples}


def slope(samples):
    """By how many megabytes an hour the largest process grows in the second half."""
    late = [(at, max(held)) for at, held in samples[len(samples) // 2 :]]
    mean_at = sum(at for at, _ in late) / len(late)
    mean = sum(held for _, held in late) / len(late)
    spread = sum((at - mean_at) ** 2 for at, _ in late)
    rise = sum((at - mean_at) * (held - mean) for at, held in late)
    return round(3600 * rise / spread, 1) if spread else 0.0


def main():
    given = bench.asked()
    engine, part = os.environ["TALENT_BENCH"], int(os.environ["BENCH_PART"])
    size = [n // part for n in (given.people, given.shifts, given.signups, given.records)]
    names = ("people", "shifts", "signups", "records")
    out = {"size": dict(zip(names, size, strict=True))}
    with served.serving(os.environ["BENCH_URL"], Path(os.environ["BENCH_HOME"])) as app:
        began = time.perf_counter()
        known = seed.fill(datetime.now(UTC), **out["size"])
        print(f"{engine}: filled in {time.perf_counter() - began:.0f} s", file=sys.stderr)
        with contextlib.ExitStack() as stack:
            site = stack.enter_context(served.gunicorn(app, bench.PORT))
            if given.soak:
                out["soak"] = soak(site, known, given.soak)
                out["soak"]["MB an hour"] = slope(out["soak"]["samples"])
            else:
                plain = stack.enter_context(
                    served.gunicorn(app, bench.PORT + 1, "bare:app", ready="/")
                )
                out["rows"] = asked_in_turns(site, plain, known, given.times)
                out["storm"] = storm(site, known, seed.CROWD, given.within)
            out["megabytes"] = site.megabytes()
    Path(os.environ["BENCH_OUT"]).write_text(json.dumps(out, ensure_ascii=False))


if __name__ == "__main__":
    main()
