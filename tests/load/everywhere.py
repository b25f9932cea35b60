"""What the processes hold when somebody looks at every page of every role of the demonstration.

`.venv/bin/python tests/load/everywhere.py [seconds for each role]`; ends with 1 where a process
held more than it may between two roles, or a page was answered with an error.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / "tests" / name) for name in ("", "attack", "doors")]

import attack  # noqa: E402
import served  # noqa: E402
from by_hand import TALENT  # noqa: E402
from crawl import crawl, rules  # noqa: E402
from probes import OTHERS  # noqa: E402
from reached import plain_doors  # noqa: E402

MEGABYTES = 180  # as tests/load/bench.py has it
WHO = ("", *attack.ROLES.values(), *OTHERS)


def held(port):
    """Megabytes of each process that serves the port, by its part of what several share."""
    found = {}
    for place in Path("/proc").glob("[0-9]*"):
        try:
            said = (place / "cmdline").read_bytes().split(b"\0")
            if f"127.0.0.1:{port}".encode() in said:
                lines = (place / "smaps_rollup").read_text().splitlines()
                parent = int((place / "stat").read_text().rpartition(")")[2].split()[1])
                mine = sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
                found[int(place.name)] = (parent, mine // 1024)
        except OSError:
            continue  # it has ended
    return sorted(mine for parent, mine in found.values() if parent in found)


def main():
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 250
    doors, most, faults = rules(), 0, []
    with tempfile.TemporaryDirectory(prefix="talent-bench-") as home:
        database = os.environ.get("BENCH_URL")
        with served.talent(Path(home), Path(home), database) as site:
            print("at the start", held(site.port), flush=True)
            for language in ("zh", "en"):
                for login in WHO:
                    visitor = served.Visitor(site)
                    if login and visitor.sign_in(login, TALENT.password).status != 303:
                        sys.exit(f"{login} does not come in")
                    visitor.cookies["lang"] = language
                    begin = [*attack.BEGIN, *plain_doors(doors)]
                    found = crawl(visitor, doors, begin, time.monotonic() + seconds)
                    faults += found.faults
                    now = held(site.port)
                    most = max(most, *now)
                    name = login.partition("@")[0] or "stranger"
                    print(f"{language} {name:12} {len(found.pages):4} pages {now}", flush=True)
    print(f"{most} MB at most between two roles", *faults, sep="\n")
    if most > MEGABYTES or faults:
        sys.exit(1)


if __name__ == "__main__":
    main()
