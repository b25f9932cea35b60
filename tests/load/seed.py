"""An office tree that has been in use for years, put into an empty database in bulk."""

# ruff: noqa: S608 - the numbers and names are our own

from __future__ import annotations

import random
from datetime import date, datetime, timedelta

from sqlalchemy import insert, text

from talent.access import Role
from talent.accounts.models import Account, Grant
from talent.db import db, writing
from talent.offices.models import Office, OfficeKind, ServiceCategory
from talent.people.models import Person, Registration, RegistrationState, Tie
from talent.pinyin import sort_key
from talent.rules.identity import DocumentKind
from talent.rules.signup import SignupState
from talent.shifts.models import (
    Need,
    Position,
    Project,
    ProjectState,
    Shift,
    ShiftState,
    SignMode,
    Signup,
)

COMMUNITIES, POSITIONS = 40, 5
SURNAMES, GIVEN = "王李张刘陈杨黄赵吴周徐孙马朱胡", "秀英伟芳娜敏静丽强磊军洋勇艳杰娟涛明超"
STORM, CROWD = 50, 500  # places of the shift that everybody wants, and how many want them
ROSTERS = (50, 500)  # people on the lists of shifts that are running
BATCH = 20_000


def fill(
    now: datetime, *, people: int, shifts: int, signups: int, records: int = 0
) -> dict[str, list[int]]:
    """Fill the database; the ids by which the bench knows what to ask for."""
    chance = random.Random(7)
    with writing():
        district, communities = _offices()
        _people(chance, people, communities, now)
        projects = _projects(communities, now)
        db.session.flush()
        _shifts(chance, projects, shifts, now)
        _signups(chance, people, shifts, signups, now)
        _count_on()
        _records(people, records)
        storm = _storm(projects[0], now)
        rosters = [
            _roster(projects[number], some, people, now) for number, some in enumerate(ROSTERS, 1)
        ]
        boss = _boss(district, people, now)
    looked_through()
    return {
        "volunteers": list(range(1, people + 1)), "boss": [boss], "storm": [storm.id],
        "storm_need": [storm.needs[0].id], "coming": _coming(now), "rosters": rosters,
    }  # fmt: skip


def _offices() -> tuple[Office, list[Office]]:
    district = Office(name_zh="东城区", name_en="East", kind=OfficeKind.DISTRICT, path="/1/", id=1)
    db.session.add(district)
    db.session.flush()
    made = [
        Office(
            id=number, name_zh=f"第{number}社区", name_en=f"Community {number}",
            kind=OfficeKind.COMMUNITY, parent_id=1, path=f"/1/{number}/",
        )
        for number in range(2, COMMUNITIES + 2)
    ]  # fmt: skip
    db.session.add_all(made)
    db.session.flush()
    return district, made


def _people(chance, people, communities, now):
    rows, registered, tied, accounts = [], [], [], []
    for number in range(1, people + 1):
        name = chance.choice(SURNAMES) + chance.choice(GIVEN) + chance.choice(GIVEN)
        office = communities[number % len(communities)].id
        rows.append(
            {
                "id": number, "name": name, "sort_key": sort_key(name), "language": "zh",
                "volunteer_no": f"V{number:08d}", "birth_date": date(1960 + number % 45, 1, 1),
                "email": f"v{number}@example.org", "made_at": now, "changed_at": now,
                "phone": f"+86138{number:08d}", "document": f"110105{number:012d}",
                "document_kind": DocumentKind.RESIDENT_ID, "document_index": f"bench{number}",
            }
        )  # fmt: skip
        registered.append(
            {
                "person_id": number, "office_id": office, "applied_at": now,
                "state": RegistrationState.ACTIVE,
            }
        )  # fmt: skip
        tied.append({"person_id": number, "office_id": office})
        accounts.append(
            {
                "id": number, "name": name, "email": f"v{number}@example.org",
                "person_id": number, "made_at": now, "language": "zh",
            }
        )  # fmt: skip
    for model, each in (
        (Person, rows), (Registration, registered), (Tie, tied), (Account, accounts)
    ):  # fmt: skip
        _in_bulk(model, each)


def _projects(communities, now):
    category = ServiceCategory(code="elderly", name_zh="为老服务", name_en="For the elderly")
    db.session.add(category)
    db.session.flush()
    made = [
        Project(
            office_id=office.id, audience_id=office.id, category_id=category.id,
            name=f"服务项目{office.id}-{turn}", name_en=f"Project {office.id}-{turn}",
            content="送餐、陪伴、打扫。", place=f"{office.name_zh}活动室{turn}",
            person_in_charge="李主任", risks="无", safeguards="两人一组",
            state=ProjectState.OPEN, mode=SignMode.IN_OUT, made_at=now,
            positions=[Position(name=f"岗位{i}") for i in range(POSITIONS)],
        )
        for office in communities
        for turn in range(5)
    ]  # fmt: skip
    db.session.add_all(made)
    db.session.flush()
    return made


def _shifts(chance, projects, shifts, now):
    """Four fifths of them in the past two years, one fifth in the coming two months."""
    base = now.replace(minute=0, second=0, microsecond=0)
    rows, needs = [], []
    for number in range(1, shifts + 1):
        coming = number % 5 == 0
        days = chance.uniform(0.1, 60) if coming else -chance.uniform(0.5, 730)
        project = projects[number % len(projects)]
        start = base + timedelta(hours=int(days * 24))
        rows.append(
            {
                "id": number, "project_id": project.id, "starts_at": start,
                "ends_at": start + timedelta(hours=3), "zone": "Asia/Shanghai",
                "place": project.place, "made_at": now - timedelta(days=800),
                "scan_token": f"bench{number}",
                "state": ShiftState.PUBLISHED if coming else ShiftState.CLOSED,
            }
        )  # fmt: skip
        for position in project.positions:
            needs.append(
                {
                    "id": len(needs) + 1, "shift_id": number, "position_id": position.id,
                    "places": 4, "taken": 0, "least": 1,
                }
            )  # fmt: skip
    _in_bulk(Shift, rows)
    _in_bulk(Need, needs)


def _signups(chance, people, shifts, signups, now):
    """As many as asked for, each person once on a shift, two on each need."""
    each = max(signups // shifts, 1)
    rows, taken = [], {}
    for shift in range(1, shifts + 1):
        community = shift % 200 // 5  # as projects are dealt out above
        for turn in range(each):
            person = (chance.randrange(people // COMMUNITIES) * COMMUNITIES + community) % people
            person = (person + turn * COMMUNITIES) % people + 1
            need = (shift - 1) * POSITIONS + turn % POSITIONS + 1
            if taken.get(need, 0) == 4:
                continue
            taken[need] = taken.get(need, 0) + 1
            rows.append(
                {
                    "shift_id": shift, "need_id": need, "person_id": person, "walk_in": False,
                    "state": SignupState.CONFIRMED, "made_at": now, "queued_at": now,
                    "seated": True,
                }
            )  # fmt: skip
    seen = set()
    rows = [
        row for row in rows
        if (key := (row["shift_id"], row["person_id"])) not in seen and not seen.add(key)
    ]  # fmt: skip
    _in_bulk(Signup, rows)
    db.session.connection().exec_driver_sql(
        "UPDATE shift_need SET taken = (SELECT count(*) FROM signup"
        " WHERE signup.need_id = shift_need.id)"
    )


def _count_on():
    """PostgreSQL does not notice ids that were given."""
    if db.engine.dialect.name == "postgresql":
        for model in (Office, Person, Account, Shift, Need):
            table = model.__tablename__
            db.session.connection().exec_driver_sql(
                f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}"
            )


def _storm(project, now):
    start = now + timedelta(days=3, hours=1)
    shift = Shift(
        project=project, starts_at=start, ends_at=start + timedelta(hours=3),
        zone="Asia/Shanghai", place=project.place, state=ShiftState.PUBLISHED, made_at=now,
        needs=[Need(position=project.positions[0], places=STORM)],
    )  # fmt: skip
    project.audience_id = 1
    db.session.add(shift)
    db.session.flush()
    return shift


def _records(people, records):
    """So many records of service, each person's over four years, with their sums."""
    if not records:
        return
    sqlite = db.engine.dialect.name == "sqlite"
    numbers = (
        "WITH RECURSIVE number(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM number"
        f" WHERE n < {records} - 1)"
        if sqlite
        else f"WITH number(n) AS (SELECT generate_series(0, {records} - 1))"
    )
    person, office = f"(n % {people} + 1)", f"(n % {people} % {COMMUNITIES} + 2)"
    day = (
        f"date('2022-01-01', '+' || (n / {people} * 29 % 1460) || ' days')"
        if sqlite
        else f"date '2022-01-01' + (n / {people} * 29 % 1460)"
    )
    at = f"({day} || ' 01:00:00.000000')" if sqlite else f"({day} + interval '1 hour')"
    end = f"({day} || ' 03:00:00.000000')" if sqlite else f"({day} + interval '3 hours')"
    columns = {
        "person_id": person, "office_id": office, "category_id": "1", "activity": "'服务项目'",
        "day": day, "place": "'活动室'", "content": "'送餐、陪伴、打扫。'",
        "organiser": "'社区'", "person_in_charge": "'李主任'", "starts_at": at, "ends_at": end,
        "claimed_minutes": "120", "minutes": "120", "recognised_minutes": "120",
        "origin": "'attendance'", "state": "'approved'", "due_on": day, "made_at": at,
        "reasons": "'[]'" if sqlite else "json '[]'",
    }  # fmt: skip
    sent = db.session.connection().execute
    sent(
        text(
            f"INSERT INTO service_record ({', '.join(columns)}) SELECT * FROM"
            f" ({numbers} SELECT {', '.join(columns.values())} FROM number) AS made"
        )
    )
    year = "CAST(strftime('%Y', day) AS INTEGER)" if sqlite else "extract(year FROM day)"
    keys = f"person_id, office_id, category_id, {year}"
    sent(
        text(
            "INSERT INTO hour_tally (person_id, office_id, category_id, year, minutes, verified,"
            f" recognised) SELECT {keys}, sum(minutes), sum(minutes), sum(minutes)"
            f" FROM service_record GROUP BY {keys}"
        )
    )


def _roster(project, some, people, now):
    """A shift that is running, with so many people on its list; its number."""
    start = now.replace(minute=0, second=0, microsecond=0)
    shift = Shift(
        project=project, starts_at=start, ends_at=start + timedelta(hours=3),
        zone="Asia/Shanghai", place=project.place, state=ShiftState.PUBLISHED, made_at=now,
        needs=[Need(position=project.positions[0], places=some, taken=some)],
    )  # fmt: skip
    db.session.add(shift)
    db.session.flush()
    rows = [
        {
            "shift_id": shift.id, "need_id": shift.needs[0].id, "walk_in": False,
            "person_id": people - turn, "state": SignupState.CONFIRMED, "made_at": now,
            "queued_at": now, "seated": True,
        }
        for turn in range(some)
    ]  # fmt: skip
    _in_bulk(Signup, rows)
    return shift.id


def looked_through():
    """What a database does by itself in the night after so much was written."""
    if db.engine.dialect.name == "postgresql":
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM ANALYZE")


def _boss(district, people, now):
    boss = Account(id=people + 1, name="协调员", email="boss@example.org", made_at=now)
    db.session.add(boss)
    db.session.flush()
    db.session.add(
        Grant(account_id=boss.id, role=Role.COORDINATOR, office_id=district.id, granted_at=now)
    )
    return boss.id


def _coming(now):
    query = db.select(Shift.id).where(Shift.starts_at > now + timedelta(days=5))
    return list(db.session.scalars(query.order_by(Shift.starts_at).limit(400)))


def _in_bulk(model, rows):
    for start in range(0, len(rows), BATCH):
        db.session.execute(insert(model), rows[start : start + BATCH])
