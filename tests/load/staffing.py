"""The staffing pages of a district: 300 communities, 20 000 appointments over ten years.

Times, CPU and the number of queries of each page; a page must not ask more often for more offices.
"""

from __future__ import annotations

import contextlib
import os
import random
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import bench

STREETS, COMMUNITIES, PEOPLE, APPOINTMENTS, YEARS = 20, 300, 13_000, 20_000, 10
TIMES = 12
MOST_QUERIES = 25


def fill(now):
    """The district: offices, people, their posts, certificates, yearly figures, standards."""
    import seed
    from sqlalchemy import insert

    from talent.db import db, writing
    from talent.offices.models import Office, OfficeKind
    from talent.people.models import Person
    from talent.rules.staffing import PopulationKind
    from talent.staffing.models import Appointment, AppointmentKind, Population
    from talent.training import service as training
    from talent.training.models import Credential, CredentialKind

    chance, today = random.Random(11), now.date()
    first = date(today.year - YEARS, 1, 1)
    days = (today - first).days
    streets = list(range(2, STREETS + 2))
    communities = list(range(STREETS + 2, STREETS + COMMUNITIES + 2))

    def office(number, kind, parent=None, path=""):
        return {
            "id": number, "name_zh": f"第{number}单位", "name_en": f"Office {number}", "kind": kind,
            "parent_id": parent, "path": f"{path}{number}/", "households": 2_000,
        }  # fmt: skip

    with writing():
        above = {number: streets[number % STREETS] for number in communities}
        rows = [office(1, OfficeKind.DISTRICT, path="/")]
        rows += [office(number, OfficeKind.STREET, 1, "/1/") for number in streets]
        rows += [
            office(number, OfficeKind.COMMUNITY, above[number], f"/1/{above[number]}/")
            for number in communities
        ]
        seed._in_bulk(Office, rows)
        people = [
            {
                "id": number, "name": f"员工{number}", "sort_key": f"员工{number:06d}",
                "language": "zh", "volunteer_no": f"S{number:08d}", "made_at": now,
                "changed_at": now,
            }
            for number in range(1, PEOPLE + 1)
        ]  # fmt: skip
        seed._in_bulk(Person, people)
        posts = []
        for number in range(APPOINTMENTS):
            began = first + timedelta(days=chance.randrange(days))
            ended = began + timedelta(days=chance.randrange(200, 3_000))
            posts.append(
                {
                    "person_id": number % PEOPLE + 1,
                    "office_id": chance.choice(communities if number % 20 else streets),
                    "kind": list(AppointmentKind)[number % 4], "share": 1 if number % 9 else "0.5",
                    "starts_on": began, "on_leave": number % 40 == 0,
                    "ends_on": ended if ended < today else None,
                }
            )  # fmt: skip
        seed._in_bulk(Appointment, posts)
        figures = [
            {
                "office_id": number, "kind": kind, "as_of": date(first.year + year, 1, 1),
                "number": (2_000 if kind is PopulationKind.HOUSEHOLDS else 5_600) + 40 * year,
                "source": "年报", "made_at": now,
            }
            for number in communities
            for kind in (PopulationKind.URBAN_RESIDENT, PopulationKind.HOUSEHOLDS)
            for year in range(YEARS + 1)
        ]  # fmt: skip
        seed._in_bulk(Population, figures)
        training.seed_kinds()
        db.session.flush()
        kind = db.session.query(CredentialKind).filter_by(code="assistant_social_worker").one()
        held = [
            {
                "person_id": number, "kind_id": kind.id, "issued_on": first, "made_at": now,
                "verified_at": now, "verified_by": 1, "classes": [],
            }
            for number in range(1, PEOPLE + 1, 3)
        ]  # fmt: skip
        db.session.execute(insert(Credential), held)
        _standards(now)
        return seed._boss(db.session.get(Office, 1), PEOPLE, now)


def _standards(now):
    """Six measures, of each kind one."""
    from talent.staffing.standards import service as standards
    from talent.staffing.standards.templates import TEMPLATES

    standards.seed_standards(now)
    for code in (
        *("certified_50", "children_director", "shaanxi_2012", "professional_1", "station_60"),
    ):
        taken = TEMPLATES[code]
        standards.add_standard(
            office=None, name_zh=taken.name_zh, name_en=taken.name_en, terms=taken.terms,
            measure=taken.measure, counting=standards.counting_of(taken), source="基准",
            valid_from=date(2020, 1, 1), actor=standards.SYSTEM, now=now,
        )  # fmt: skip


PAGES = {
    "staffing, two levels with trends": "/staffing/",
    "staffing, every office with trends": "/staffing/?every=1",
    "the district": "/staffing/1",
    "a street": "/staffing/2",
    "a community": f"/staffing/{STREETS + 2}",
    "all standards at once": "/staffing/heat",
    "all standards, every office": "/staffing/heat?every=1",
    "why the district is short": "/staffing/1/why",
    "export of every office": "/staffing/export?format=csv",
    "forecast of every office": "/staffing/forecast?every=1",
    "forecast of the district": "/staffing/forecast/1",
    "surplus to shortfall": "/staffing/moves",
}


def queries(app, boss):
    """How many queries each page asks, counted in this process."""
    from sqlalchemy import event

    from talent.db import db

    found, asked = {}, []
    event.listen(db.engine, "before_cursor_execute", lambda *_: asked.append(1))
    client = app.test_client(use_cookies=False)
    with bench.gunicorn(app, 8752) as site:
        cookie = site.cookie(boss)
    for name, path in PAGES.items():
        client.get(path, headers={"Cookie": cookie})
        asked.clear()
        assert client.get(path, headers={"Cookie": cookie}).status_code == 200, path
        found[name] = len(asked)
    return found


def main():
    engine, now = os.environ["TALENT_BENCH"], datetime.now(UTC)
    with bench.serving(os.environ["BENCH_URL"], Path(os.environ["BENCH_HOME"])) as app:
        boss = fill(now)
        if engine == "postgresql":
            from talent.db import db

            with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.exec_driver_sql("ANALYZE")
        asked = queries(app, boss)
        rows = []
        with bench.gunicorn(app, 8751) as site:
            for name, path in PAGES.items():
                with contextlib.suppress(OSError):
                    site.ask(path, boss)  # warm
                row = bench.measured(name, site, [lambda p=path: site.ask(p, boss)] * TIMES)
                rows.append(row | {"queries": asked[name]})
    size = f"{COMMUNITIES} communities, {APPOINTMENTS:,} appointments"
    title = f"{engine}: staffing, {size}"
    last = {row["name"]: row for row in bench.keep(title, rows)}
    bench.printed(title, rows, last)
    print("queries: " + ", ".join(f"{row['name']} {row['queries']}" for row in rows))
    if any(row["queries"] > MOST_QUERIES for row in rows):
        sys.exit("a page asks too often")


if __name__ == "__main__":
    main()
