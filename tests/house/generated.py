"""Rows for every table, made from what the database says of its columns: long Chinese texts."""

from __future__ import annotations

import warnings
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from sqlalchemy import MetaData, insert, select
from sqlalchemy.exc import SAWarning
from sqlalchemy.types import (
    JSON,
    Boolean,
    Date,
    DateTime,
    Integer,
    LargeBinary,
    Numeric,
    String,
    Time,
)

from talent.db import db

WORDS = "社区人才志愿服务记录证明街道居委会社会工作者"
LONGEST = 300  # of a text without a limit
LATER = ("end", "last", "to", "until", "left", "out", "decided", "valid_to", "insured_to")
other = lambda n: 3 - n  # noqa: E731
# What the checks of a table ask for beyond a value of the right kind.
SPECIAL = {
    "calendar_address": {"project_id": None, "office_id": None},
    "course_material": {"link": None},
    "course_prerequisite": {"needed_kind_id": None, "needed_course_id": other},
    "duplicate_pair": {"first_person_id": 1, "second_person_id": 2},
    "indicator": {"formula": "number", "denominator_id": None},
    "merge": {"source_person_id": other},
    "bank_donation": {"receiver_id": other},
    "bank_gift": {"decided_by": 2, "proposed_by": 1},
    "rating": {"side": "volunteer", "device_index": None},
    "requirement": {"position_id": None, "need_id": None, "course_id": None, "skill_id": None},
    "certificate_line": {"training_record_id": None},
    "training_plan": {"year": lambda n: 2025 + n},
}
ONE = {"duplicate_pair"}  # a second row would need a third person


def reflected():
    """The tables as they are in the database now, but for Alembic's own."""
    known = MetaData()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SAWarning)
        known.reflect(db.engine)
        order = known.sorted_tables
    return [table for table in order if table.name != "alembic_version"]


def fill(tables, but=()):
    """Two rows for each table, but for those that have some; they name each other's."""
    done = set(but)
    with db.engine.begin() as connection:
        for table in tables:
            if table.name not in done:
                for number in (1,) if table.name in ONE else (1, 2):
                    connection.execute(insert(table).values(row(table, number, done)))
                done.add(table.name)


def row(table, number, done):
    special = SPECIAL.get(table.name, {})
    found = {}
    for place, column in enumerate(table.columns):
        if column.name in special:
            given = special[column.name]
            found[column.name] = given(number) if callable(given) else given
        elif column.foreign_keys:
            [key] = column.foreign_keys
            target = key.column.table.name
            known = target in done or (target == table.name and number > 1)
            found[column.name] = (1 if target == table.name else number) if known else None
            if target in ONE:
                found[column.name] = 1
        else:
            found[column.name] = value(column, number, place)
    return found


def value(column, number, place):
    """Something of the column's kind, as long as it may be."""
    later = column.name.startswith(LATER) or column.name.endswith(("_to", "_until"))
    hour, kind = (12 if later else 9), column.type
    made = {
        JSON: lambda: [WORDS],
        Boolean: lambda: number == 1,
        Integer: lambda: number if column.primary_key or column.name.endswith("_id") else 1,
        Numeric: lambda: Decimal("0.5"),
        DateTime: lambda: datetime(2026, 6, number, hour) + timedelta(seconds=place),
        Date: lambda: date(2026, 7 if later else 6, number),
        Time: lambda: time(hour, number),
        LargeBinary: lambda: bytes(range(256)) + bytes([number]),
        String: lambda: (str(number) + WORDS * 40)[: kind.length or LONGEST],
    }
    return next(make for each, make in made.items() if isinstance(kind, each))()


def contents(tables):
    """All rows of these tables, with the columns that they had when they were looked at."""
    with db.engine.connect() as connection:
        return {
            table.name: sorted(map(repr, connection.execute(select(table)).all()))
            for table in tables
        }
