"""Files of people: who goes into one, what each column says, and the trace that is left."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from talent import audit
from talent.access import Permission
from talent.audit import Act
from talent.db import db
from talent.directory import parts, search
from talent.directory.columns import Shown, lines, plain
from talent.i18n import DEFAULT_ZONE, gettext, label, listed, named
from talent.people.models import Person

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from talent.access import Actor
    from talent.directory.columns import Line
    from talent.directory.filters import Wanted
    from talent.sheets.writing import Value

SEE = Permission.SEE_PEOPLE
PIECE = 500  # people who are read at once
_LONGEST_NUMBER = 4  # digits of a search that may stand in the trail


def counted(actor: Actor, wanted: Wanted, *, today: date) -> int:
    """How many would be in the file, exactly."""
    everybody = search.everybody(actor, SEE, wanted, today=today)
    return search.counted(everybody)


def take_out(
    actor: Actor,
    wanted: Wanted,
    columns: Sequence[Shown],
    *,
    full: bool,
    reason: str,
    now: datetime,
    today: date,
) -> list[int]:
    """Those who go into the file, in the order of the list. Who took them out, and why, is kept."""
    query = search.everybody(actor, SEE, wanted, today=today)
    ids = list(db.session.scalars(search.in_order(query, wanted.order)))
    audit.record(
        Act.PEOPLE_EXPORTED,
        "people",
        actor=actor,
        now=now,
        office_id=wanted.office if wanted.office in _offices(actor) else None,
        reason=reason,
        count=len(ids),
        filter=kept(wanted),
        columns=[column.value for column in columns],
        full_numbers=full,
    )
    return ids


def kept(wanted: Wanted) -> dict[str, str]:
    """Filters for the trail, which holds no personal number."""
    words = wanted.query
    if sum(sign.isdecimal() for sign in wanted.q) > _LONGEST_NUMBER:
        words["q"] = "*" * len(wanted.q)
    return words


def _offices(actor: Actor) -> set[int]:
    return {held.office_id for held in actor.held}


def heads(columns: Sequence[Shown]) -> list[str]:
    """The first row of the file."""
    return [gettext("Name"), *(label(column) for column in columns)]


def rows(
    ids: Sequence[int], columns: Sequence[Shown], actor: Actor, *, full: bool, today: date
) -> list[list[Value]]:
    """A row for each of these people; numbers are whole where they may be seen."""
    open_: set[int] = set()
    if full:
        may = parts.known(actor, Permission.SEE_IDENTITY).of(Person.id)
        open_ = set(db.session.scalars(select(Person.id).where(Person.id.in_(ids), may)))
    return [
        [line.person.name, *(_value(column, line, line.person.id in open_) for column in columns)]
        for line in lines(ids, columns, actor, SEE, today=today)
    ]


def _value(column: Shown, line: Line, whole: bool) -> Value:  # noqa: FBT001 - one of two ways
    person = line.person
    if column is Shown.PHONE:
        return plain(person.phone) if whole else line.phone
    if column is Shown.DOCUMENT:
        return person.document if whole else line.document
    texts: dict[Shown, Any] = {
        Shown.NUMBER: person.volunteer_no,
        Shown.AREA: person.area,
        Shown.EMAIL: person.email,
        Shown.SEX: person.sex and label(person.sex),
        Shown.BORN: person.birth_date,
        Shown.AGE: line.age,
        Shown.GUARDIAN: person.guardian_name,
        Shown.LANGUAGE: person.language,
    }
    return texts[column] if column in texts else _several(column, line)


def _several(column: Shown, line: Line) -> Value:
    person = line.person
    if column is Shown.SINCE:
        first = min((r.applied_at for r in line.registrations), default=None)
        return first.astimezone(ZoneInfo(DEFAULT_ZONE)).date() if first else None
    if column is Shown.REGISTRATION:
        words = [f"{label(row.state)} {named(row.office)}" for row in line.registrations]
    elif column is Shown.APPOINTMENTS:
        words = [f"{label(row.kind)} {named(row.office)}" for row in line.appointments]
    elif column is Shown.TONGUES:
        words = [label(row.tongue) for row in person.spoken]
    else:
        things: dict[Shown, Any] = {
            Shown.CATEGORIES: lambda: person.categories,
            Shown.SKILLS: lambda: person.known_skills,
            Shown.CREDENTIALS: lambda: [row.kind for row in line.credentials],
            Shown.TEAMS: lambda: line.teams,
        }
        words = [named(each) for each in things[column]()]
    return listed(words)
