"""The storm and a soak over two machines of pages that share nothing but one PostgreSQL.

`python tests/load/two.py [seconds of the storm] [seconds of the soak]`
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import random
import shutil
import statistics
import sys
import tempfile
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(ROOT / "tests" / "load")]

import bench  # noqa: E402
import seed  # noqa: E402
import served  # noqa: E402

# A neighbour of the tests has the same name as the pages of the bench.
_found = importlib.util.spec_from_file_location(
    "pages_of_the_bench", Path(__file__).parent / "pages.py"
)
pages = importlib.util.module_from_spec(_found)
sys.modules[_found.name] = pages
_found.loader.exec_module(pages)

MACHINES = 2
SIZE = {"people": 2_000, "shifts": 2_000, "signups": 20_000, "records": 20_000}


class Balanced:
    """What stands before the machines: each request goes to any of them, and is timed."""

    def __init__(self, sites):
        self.sites, self.dice = sites, random.Random(2)
        self.took, self.status = [], Counter()

    def ask(self, *told, **more):
        began = time.perf_counter()
        answer = self.dice.choice(self.sites).ask(*told, **more)
        self.took.append(time.perf_counter() - began)
        self.status[answer.status] += 1
        return answer

    def cpu(self):
        return sum(site.cpu() for site in self.sites)

    def megabytes(self):
        return [held for site in self.sites for held in site.megabytes()]


def main():
    from run import postgresql

    within, soaked = (float(word) for word in (*sys.argv[1:], "60", "60")[:2])
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="talent-two-")))
        homes = [folder / str(number) for number in range(MACHINES)]
        url = stack.enter_context(postgresql())
        app = stack.enter_context(served.serving(url, homes[0]))
        known = seed.fill(datetime.now(UTC), **SIZE)
        sites = []
        for number, home in enumerate(homes):
            if number:
                shutil.copytree(homes[0] / "keys", home / "keys")
            os.environ["TALENT_HOME"] = str(home)
            sites.append(stack.enter_context(served.gunicorn(app, bench.PORT + number)))
        before = Balanced(sites)
        came = pages.storm(before, known, seed.CROWD, within)
        print({name: came[name] for name in ("name", "seconds", "status", "median_ms", "p95_ms")})
        asked = Balanced(sites)
        out = pages.soak(asked, known, soaked)
        held, late = [megabytes for _, megabytes in out["samples"]], len(out["samples"]) // 4
        print(f"{out['asked']:,} asked, by status {dict(asked.status)}")
        cuts = statistics.quantiles(asked.took, n=100)
        print(f"median {cuts[49] * 1000:.0f} ms, p95 {cuts[94] * 1000:.0f} ms")
        for when, number in (("at the begin", 0), ("after a quarter", late), ("at the end", -1)):
            print(f"MB {when} {held[number]}")
        print(f"MB an hour in the second half {pages.slope(out['samples'])}")
    if came["errors"] or came["seated"] != bench.PLACES or came["p95_ms"] > bench.STORM_P95_MS:
        sys.exit("the storm was not weathered")


if __name__ == "__main__":
    main()
