"""What a total costs with ten thousand, a million and ten million entries in the ledger.

Entries are written by the database itself, past the application: only their sums matter here.
"""

# ruff: noqa: S608 - the numbers and names are our own

from __future__ import annotations

import os
import random
import time
from datetime import date
from pathlib import Path
from statistics import median

import bench

OFFICES, CATEGORIES, YEARS = 200, 5, (2022, 2023, 2024, 2025, 2026)
EACH = 50  # entries a person
TIMES = 200
# Entry n is of person n / 50, who serves for one office, in turn in each category and year.
PERSON = f"(n / {EACH} + 1)"
OFFICE = f"(n / {EACH} % {OFFICES} + 1)"
CATEGORY = f"(n % {CATEGORIES} + 1)"
YEAR = f"({YEARS[0]} + n % {EACH} / 10)"
MINUTES = "(30 + n % 7 * 30)"


def fill(entries):
    """A ledger of so many entries, its tallies, and nothing else that is not asked for."""
    from sqlalchemy import text

    from talent.db import db

    sqlite = db.engine.dialect.name == "sqlite"
    numbers = (
        "WITH RECURSIVE number(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM number"
        f" WHERE n < {entries} - 1) "
        if sqlite
        else f"WITH number(n) AS (SELECT generate_series(0, {entries} - 1)) "
    )
    day = f"{YEAR} || '-06-15'" if sqlite else f"make_date({YEAR}, 6, 15)"
    at = "'2026-06-15 04:00:00'" if sqlite else "timestamp '2026-06-15 04:00:00'"
    origin = "CASE WHEN n % 10 = 0 THEN 'hand' ELSE 'attendance' END"
    verified = f"CASE WHEN n % 10 = 0 THEN 0 ELSE {MINUTES} END"
    sums = f"sum({MINUTES}), sum({verified}), sum({MINUTES})"
    every = {"person": PERSON, "office": OFFICE, "category": CATEGORY, "year": YEAR}
    keys = ", ".join(every.values())
    before, within = ("", numbers) if sqlite else (numbers, "")
    entry = (
        f"{before}INSERT INTO ledger_entry (record_id, person_id, office_id, category_id, day,"
        f" kind, minutes, recognised, origin, at, place, digest) {within}SELECT n + 1, {PERSON},"
        f" {OFFICE}, {CATEGORY}, {day}, 'earned', {MINUTES}, {MINUTES}, {origin}, {at}, n + 1, '-'"
        " FROM number"
    )
    tally = (
        f"{before}INSERT INTO hour_tally (person_id, office_id, category_id, year, minutes,"
        f" verified, recognised) {within}SELECT {keys}, {sums} FROM number GROUP BY {keys}"
    )
    of_office = (
        "INSERT INTO office_tally (office_id, category_id, year, minutes, verified, recognised)"
        " SELECT office_id, category_id, year, sum(minutes), sum(verified), sum(recognised)"
        " FROM hour_tally GROUP BY office_id, category_id, year"
    )
    statements = (entry, tally, of_office)
    tables = ("ledger_entry", "hour_tally", "office_tally")
    with db.engine.connect() as connection:
        raw = connection.connection.dbapi_connection
        if sqlite:
            raw.execute("PRAGMA foreign_keys=OFF")
            raw.execute("PRAGMA synchronous=OFF")
            raw.execute("DROP TRIGGER IF EXISTS ledger_entry_no_delete")
            for table in tables:
                raw.execute(f"DELETE FROM {table}")
            for statement in statements:
                raw.execute(statement)
            raw.execute("ANALYZE")
            raw.commit()
            return
        connection.execute(text("SET session_replication_role = replica"))
        connection.execute(text(f"TRUNCATE {', '.join(tables)} CASCADE"))
        for statement in statements:
            connection.execute(text(statement))
        connection.commit()
        connection.execute(text("ANALYZE"))
        connection.commit()


def measured(entries):
    """Milliseconds of each total, the median of many, each of another person or office."""
    from sqlalchemy import select

    from talent.db import db
    from talent.hours import ledger
    from talent.offices.models import Office

    chance, people = random.Random(4), entries // EACH
    year = {"first": date(2025, 1, 1), "last": date(2025, 12, 31)}
    quarter = {"first": date(2025, 4, 1), "last": date(2025, 6, 30)}

    def office(*ids):
        return {"offices": select(Office.id).where(Office.id.in_(ids))}

    totals = {
        "a person's total": lambda: ledger.whole(person_id=chance.randint(1, people)),
        "a person's years and categories": lambda: ledger.sums(
            by=("year", "category_id"), person_id=chance.randint(1, people)
        ),
        "a person's quarter": lambda: ledger.whole(person_id=chance.randint(1, people), **quarter),
        "a community's year": lambda: ledger.whole(**office(chance.randint(1, OFFICES)), **year),
        "a district's year (200 communities)": lambda: ledger.sums(
            by=("office_id", "category_id"), **office(*range(1, OFFICES + 1)), **year
        ),
    }
    found = {}
    for name, total in totals.items():
        took = []
        for _ in range(TIMES):
            began = time.perf_counter()
            assert total()
            took.append((time.perf_counter() - began) * 1000)
            db.session.rollback()
        found[name] = round(median(took), 2)
    return found


def offices():
    """The communities whose ledger it is."""
    from talent.db import db, writing
    from talent.offices.models import Office, OfficeKind

    with writing():
        db.session.add_all(
            Office(id=n, path=f"/{n}/", kind=OfficeKind.COMMUNITY, name_zh=f"社区{n}")
            for n in range(1, OFFICES + 1)
        )


def table(engine, sizes):
    """Rows of a table: what is asked, and its milliseconds at each size."""
    offices()
    columns = []
    for entries in sizes:
        began = time.perf_counter()
        fill(entries)
        took = time.perf_counter() - began
        print(f"{engine}: {entries:,} entries written in {took:.0f} s", flush=True)
        columns.append(measured(entries))
    return {name: [column[name] for column in columns] for name in columns[0]}


def main():
    sizes = [int(size) for size in bench.asked().entries.split(",")]
    engine = os.environ["TALENT_BENCH"]
    with bench.serving(os.environ["BENCH_URL"], Path(os.environ["BENCH_HOME"])):
        rows = table(engine, sizes)
    title = f"{engine}: totals, milliseconds (median of {TIMES})"
    bench.keep(title, [{"name": name, "ms": values} for name, values in rows.items()])
    print(f"\n{title}")
    print(f"{'entries in the ledger':36}" + "".join(f"{size:>14,}" for size in sizes))
    for name, values in rows.items():
        print(f"{name:36}" + "".join(f"{value:>14}" for value in values))


if __name__ == "__main__":
    main()
