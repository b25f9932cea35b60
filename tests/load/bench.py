"""How fast it is: every page beside a bare one at two sizes, sign-ups, a storm; on both databases.

Prints tables, compares them with the last ones, keeps them in build/bench.json (the pages also as
build/bench.md), and fails when a target is missed. Milliseconds are those of this machine at this
moment; ratios to the bare page of the same run, statements and bytes may be compared between runs.
`--keep` also writes tests/load/kept.json, with which every later run is compared.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(ROOT / "tests" / "load")]

from served import gunicorn, measured, serving, summed  # noqa: E402, F401 - for the other scripts

HERE = Path(__file__).parent
LAST, TABLE = ROOT / "build" / "bench.json", ROOT / "build" / "bench.md"
KEPT = HERE / "kept.json"
OTHERS = ("totals", "certificates", "staffing", "directory", "intake", "proof")
PORT = int(os.environ.get("BENCH_PORT", "8750"))
PART = 10  # the small size is so small a part of the whole one

# Of the issue: CPU of the serving processes as a multiple of the bare page's.
RATIOS = {
    "list of 50 shifts": 2.0,
    "my hours, 50 records": 2.0,
    "roster, 50 rows": 2.0,
    "fragment: a shift of the board": 1.0,
    "one sign-up": 1.6,
}
STATEMENTS = 12  # of a page, E7
SOMETIMES = 1  # a statement that is asked where there is something to ask about
CLASHING = 0.1  # of the sign-ups: of people who are drawn by lot some serve at that time already
GROWTH = 1.25  # of the ratio, when there is ten times as much
PLACES, STORM_P95_MS = 50, 1500
LONG_ROSTER, LONG_ROSTER_MS = "roster, 500 rows", 150
MEGABYTES, MEGABYTES_AN_HOUR = 180, 5
REFUSED = 400
LENIENCE = 1.05  # ratios of two runs differ by so much


def asked():
    """What the command line says."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=20_000)
    parser.add_argument("--shifts", type=int, default=50_000)
    parser.add_argument("--signups", type=int, default=500_000)
    parser.add_argument("--records", type=int, default=1_000_000)
    parser.add_argument("--times", type=int, default=100)
    parser.add_argument("--within", type=float, default=60, help="seconds in which the storm comes")
    parser.add_argument("--only", choices=("sqlite", "postgresql"))
    parser.add_argument("--pages", action="store_true", help="nothing but pages and the storm")
    parser.add_argument("--soak", type=float, help="load for so many seconds, at the small size")
    parser.add_argument("--keep", action="store_true", help="these figures are the ones to beat")
    parser.add_argument("--entries", default="10000,1000000,10000000", help="of the ledger")
    parser.add_argument("--found", default="2000,200000", help="people among whom one searches")
    parser.add_argument("--rows", type=int, default=50_000, help="of an imported file")
    return parser.parse_args()


def keep(title, rows):
    """Put the rows into the file of all figures; gives those that stood there."""
    kept = json.loads(LAST.read_text()) if LAST.exists() else {}
    LAST.parent.mkdir(exist_ok=True)
    LAST.write_text(json.dumps(kept | {title: rows}, ensure_ascii=False, indent=1))
    return kept.get(title, [])


def printed(title, rows, last):
    """Rows of milliseconds, beside the last ones."""
    print(f"\n{title}")
    print(f"{'':34} {'median':>8} {'p95':>8} {'CPU':>8} {'size':>7}  {'last p95':>8}  answers")
    for row in rows:
        before = last.get(row["name"], {}).get("p95_ms", "")
        print(
            f"{row['name']:34} {row['median_ms']:>6} ms {row['p95_ms']:>5} ms {row['cpu_ms']:>5} ms"
            f" {row['kB']:>4} kB  {before:>8}  {row['status']}"
        )


def started(script, engine, url, part=1):
    """Another script in a process of its own: what it wrote, and whether it went well."""
    with tempfile.TemporaryDirectory(prefix="talent-bench-") as home:
        out = Path(home) / "out.json"
        env = os.environ | {
            "TALENT_BENCH": engine, "BENCH_URL": url, "BENCH_HOME": home,
            "BENCH_PART": str(part), "BENCH_OUT": str(out),
        }  # fmt: skip
        command = [sys.executable, str(HERE / f"{script}.py"), *sys.argv[1:]]
        well = subprocess.run(command, env=env, check=False).returncode == 0
        return json.loads(out.read_text()) if out.exists() else None, well


def another(url):
    """A second empty database on the same server."""
    if not url:
        return ""
    from sqlalchemy import create_engine, make_url

    with create_engine(url, isolation_level="AUTOCOMMIT").connect() as connection:
        connection.exec_driver_sql("DROP DATABASE IF EXISTS talent_bench_whole")
        connection.exec_driver_sql("CREATE DATABASE talent_bench_whole")
    return make_url(url).set(database="talent_bench_whole").render_as_string(hide_password=False)


def compared(engine, small, large):
    """A row for each page, at both sizes."""
    rows = []
    for little, much in zip(small["rows"], large["rows"], strict=True):
        rows.append(
            much
            | {
                "ratio_small": little["ratio"],
                "statements_small": little["statements"],
                "growth": round(much["ratio"] / little["ratio"], 2),
                "target": RATIOS.get(much["name"]),
                "engine": engine,
            }
        )
    return rows


def missed(rows, storms, megabytes):
    """What is not as it should be, each in a sentence."""
    found = [f"{row['name']}: {said}" for row in rows for said in _missed_by(row)]
    found += [
        f"the storm was not weathered: {storm}"
        for storm in storms
        if storm["errors"] or storm["seated"] != PLACES or storm["p95_ms"] > STORM_P95_MS
    ]
    if max(megabytes) > MEGABYTES:
        found.append(f"a process holds {max(megabytes)} MB, not {MEGABYTES}")
    return found


def _missed_by(row):
    small, large, target = row["ratio_small"], row["ratio"], row["target"]
    asked_of_database = (row["statements_small"], row["statements"])
    if target and max(small, large) > target * LENIENCE:
        yield f"{small} and {large} times the bare page, not {target}"
    if target and row["growth"] > GROWTH:
        yield f"{row['growth']} times as much when there is ten times as much"
    if target and "sign-up" not in row["name"] and max(asked_of_database) > STATEMENTS:
        yield f"{max(asked_of_database)} statements, not {STATEMENTS}"
    if "sign-up" not in row["name"] and asked_of_database[1] > asked_of_database[0] + SOMETIMES:
        yield "{} statements, with more data {}".format(*asked_of_database)
    answers = {int(s): int(n) for s, _, n in (w.partition("×") for w in row["status"].split())}
    refused = sum(number for status, number in answers.items() if status >= REFUSED)
    if refused > sum(answers.values()) * CLASHING * ("sign-up" in row["name"]):
        yield f"answered {row['status']}"
    if row["name"] == LONG_ROSTER and row["cpu_ms"] + row["database_ms"] > LONG_ROSTER_MS:
        yield f"more than {LONG_ROSTER_MS} ms"


def lines(title, rows, storms, megabytes, last):
    """The table as Markdown."""
    heads = (
        "page", "target", "ratio at a tenth", "ratio", "growth", "last ratio", "CPU ms",
        "database ms", "statements", "kB", "median ms", "p95 ms",
    )  # fmt: skip
    yield f"### {title}"
    yield ""
    yield "| " + " | ".join(heads) + " |"
    yield "|---" + "|--:" * (len(heads) - 1) + "|"
    for row in rows:
        before = last.get(row["name"], {}).get("ratio", "")
        values = (
            row["name"], row["target"] or "", row["ratio_small"], row["ratio"], row["growth"],
            before, row["cpu_ms"], row["database_ms"], row["statements"], row["kB"],
            row["median_ms"], row["p95_ms"],
        )  # fmt: skip
        yield "| " + " | ".join(str(value) for value in values) + " |"
    yield ""
    for where, storm in zip(("a tenth", "all"), storms, strict=True):
        told = {n: storm[n] for n in ("seconds", "seated", "refused", "errors", "p95_ms", "cpu_ms")}
        yield f"{storm['name']} ({where}): " + ", ".join(f"{n} {v}" for n, v in told.items())
        yield ""
    yield f"Memory of the processes: {', '.join(str(each) for each in megabytes)} MB"
    yield ""


def pages_of(engine, url, *, to_keep):
    """Ask for the pages of one database at both sizes; what was missed."""
    found = []
    for part, where in ((PART, url), (1, another(url))):
        out, well = started("pages", engine, where, part)
        if not well or out is None:
            return [f"{engine}: the pages could not be asked for"]
        found.append(out)
    small, large = found
    rows = compared(engine, small, large)
    storms = [small["storm"], large["storm"]]
    title = f"{engine}: " + ", ".join(f"{n:,} {name}" for name, n in large["size"].items())
    beaten = json.loads(KEPT.read_text()) if KEPT.exists() else {}
    last = {row["name"]: row for row in keep(title, rows) or beaten.get(title, [])}
    text = "\n".join(lines(title, rows, storms, large["megabytes"], last))
    print(f"\n{text}", flush=True)
    others = TABLE.read_text().split("\n### ") if TABLE.exists() else []
    others = [part for part in others if part and not part.lstrip("# ").startswith(engine)]
    TABLE.write_text("\n### ".join([*others, text.removeprefix("### ")]))
    if to_keep:
        KEPT.write_text(json.dumps(beaten | {title: rows}, ensure_ascii=False, indent=1) + "\n")
    return [f"{engine}: {said}" for said in missed(rows, storms, large["megabytes"])]


def soaked(engine, url):
    """Load for long; what was missed."""
    out, well = started("pages", engine, url, PART)
    if not well or out is None:
        return [f"{engine}: the load was not borne"]
    told, most = out["soak"], max(max(held) for _, held in out["soak"]["samples"])
    rise = told["MB an hour"]
    print(f"{engine}: {told['asked']:,} asked, {most} MB at most, {rise} MB an hour more at last")
    keep(f"{engine}: soak", [told])
    found = [f"{engine}: {most} MB, not {MEGABYTES}"] if most > MEGABYTES else []
    return found + ([f"{engine}: grows {rise} MB an hour"] if rise > MEGABYTES_AN_HOUR else [])


def main():
    from run import postgresql

    given, found = asked(), []
    LAST.parent.mkdir(exist_ok=True)
    for engine in ("sqlite", "postgresql"):
        if given.only not in {None, engine}:
            continue
        with contextlib.ExitStack() as stack:
            url = stack.enter_context(postgresql()) if engine == "postgresql" else ""
            if given.soak:
                found += soaked(engine, url)
            else:
                found += pages_of(engine, url, to_keep=given.keep)
        for script in () if given.pages or given.soak else OTHERS:
            with contextlib.ExitStack() as stack:
                url = stack.enter_context(postgresql()) if engine == "postgresql" else ""
                if not started(script, engine, url)[1]:
                    found.append(f"{engine}: {script} failed")
    if found:
        sys.exit("\n".join(["", "Missed:", *found]))


if __name__ == "__main__":
    main()
