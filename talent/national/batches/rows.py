"""The facts of a record as columns of a file can hold them, some hundred records at a time."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from talent.db import db
from talent.i18n import force_locale, label
from talent.national.models import NationalVolunteer
from talent.offices.models import Office, ServiceCategory
from talent.people.models import Person, Skill, person_category, person_skill
from talent.rules import identity
from talent.rules.national import Source

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from talent.hours.models import ServiceRecord

    Facts = dict[Source, Any]


class Numbers(Enum):
    """How the numbers of documents are given: whether there is one, masked, or whole."""

    COUNTED = "counted"
    MASKED = "masked"
    WHOLE = "whole"


def facts_of(records: Sequence[ServiceRecord], numbers: Numbers) -> dict[int, Facts]:
    """By record; the words of a file are Chinese, whoever makes it."""
    with force_locale("zh"):
        people = _people({record.person_id for record in records}, numbers)
        units = {row.id: row for row in db.session.scalars(_rows(Office, records, "office_id"))}
        kinds = db.session.scalars(_rows(ServiceCategory, records, "category_id"))
        categories = {row.id: (row.code, row.name_zh) for row in kinds}
        return {
            record.id: people[record.person_id]
            | _of_record(record, units[record.office_id])
            | {Source.CATEGORY: categories[record.category_id]}
            for record in records
        }


def _rows(model: Any, records: Iterable[ServiceRecord], name: str) -> Any:
    return select(model).where(model.id.in_({getattr(record, name) for record in records}))


def _of_record(record: ServiceRecord, unit: Office) -> Facts:
    zone = ZoneInfo(unit.zone)
    return {
        Source.RECORD: str(record.id),
        Source.ACTIVITY: record.activity,
        Source.DATE: record.day,
        Source.PLACE: record.place,
        Source.CONTENT: record.content,
        Source.TIME: record.minutes,
        Source.STARTS: record.starts_at.astimezone(zone),
        Source.ENDS: record.ends_at.astimezone(zone),
        Source.ORGANISER: record.organiser,
        Source.IN_CHARGE: record.person_in_charge,
        Source.ORIGIN: (record.origin.value, label(record.origin)),
        Source.UNIT: unit.name_zh,
        Source.UNIT_CODE: unit.credit_code,
    }


def _people(ids: set[int], numbers: Numbers) -> dict[int, Facts]:
    columns = [
        Person.id, Person.name, Person.sex, Person.birth_date, Person.document_kind, Person.area,
        Person.email, Person.skills, Person.volunteer_no, NationalVolunteer.number,
    ]  # fmt: skip
    sealed: list[Any] = [Person.document, Person.phone]
    if numbers is Numbers.COUNTED:  # nothing is opened in order to see whether it is there
        sealed = [column.is_not(None) for column in sealed]
    query = (
        select(*columns, sealed[0].label("given"), sealed[1].label("phone"))
        .outerjoin(NationalVolunteer, NationalVolunteer.person_id == Person.id)
        .where(Person.id.in_(ids))
    )
    skills = _many(person_skill, Skill, person_skill.c.skill_id, ids)
    categories = _many(person_category, ServiceCategory, person_category.c.category_id, ids)
    return {
        row.id: {
            Source.NAME: row.name,
            Source.SEX: _word(row.sex),
            Source.BORN: row.birth_date,
            Source.DOCUMENT_KIND: _word(row.document_kind),
            Source.DOCUMENT: _number(row.given, numbers),
            Source.AREA: row.area,
            Source.CONTACT: _contact(row.phone, numbers) or row.email,
            Source.SKILLS: "、".join([*_names(skills, row.id), *filter(None, [row.skills])]),
            Source.CATEGORIES: categories.get(row.id, []),
            Source.VOLUNTEER: row.number,
            Source.OWN_NUMBER: row.volunteer_no,
        }
        for row in db.session.execute(query)
    }


def _word(word: Any) -> tuple[str, str] | None:
    return (word.value, label(word)) if word else None


def _number(given: Any, numbers: Numbers) -> str | None:
    if not given:
        return None
    if numbers is Numbers.COUNTED:
        return "*"
    return identity.masked(given) if numbers is Numbers.MASKED else str(given)


def _contact(given: Any, numbers: Numbers) -> str | None:
    if not given:
        return None
    return "*" if numbers is Numbers.COUNTED else str(given)


def _many(table: Any, model: Any, column: Any, ids: set[int]) -> dict[int, list[tuple[str, str]]]:
    found: dict[int, list[tuple[str, str]]] = {}
    query = (
        select(table.c.person_id, model)
        .join(model, model.id == column)
        .where(table.c.person_id.in_(ids))
        .order_by(table.c.person_id, model.id)
    )
    for person_id, row in db.session.execute(query):
        code = getattr(row, "code", row.name_zh)
        found.setdefault(person_id, []).append((code, row.name_zh))
    return found


def _names(found: dict[int, list[tuple[str, str]]], person_id: int) -> list[str]:
    return [name for _, name in found.get(person_id, [])]
