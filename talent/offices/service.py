"""Questions about offices: which ones an actor may see, what is set there, which days work."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, bindparam, false, or_, select

from talent.arrays import any_of
from talent.db import asked, db
from talent.errors import NotFound
from talent.offices.models import (
    SETTINGS,
    CalendarDay,
    Office,
    OfficeRule,
    ServiceCategory,
    Setting,
    line_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from sqlalchemy import ColumnElement, Select

    from talent.access import Actor, Permission


_KNOWN = {setting.value: setting for setting in Setting}


@dataclass(frozen=True, slots=True)
class Told:
    """What holds at an office, and who said so since when; nobody did where the default holds."""

    setting: Setting
    value: Any
    office: Office | None = None
    since: date | None = None


def within(actor: Actor, permission: Permission) -> ColumnElement[bool]:
    """The condition on `Office` that keeps a query inside what the actor may see."""
    paths = actor.paths(permission)
    return or_(*(Office.path.startswith(path, autoescape=True) for path in paths), false())


def seen(actor: Actor, permission: Permission) -> Select[int]:
    """The ids of the offices for which the actor holds the permission, as a subquery."""
    return select(Office.id).where(within(actor, permission))


def above(actor: Actor, permission: Permission) -> set[int]:
    """The offices at which the permission is held, and those above them."""
    return {office_id for path in actor.paths(permission) for office_id in line_of(path)}


def shared(column: Any, actor: Actor, permission: Permission) -> ColumnElement[bool]:
    """The condition on an office's id: one of the actor's, or one above that shares with all."""
    return or_(column.in_(seen(actor, permission)), column.in_(above(actor, permission)))


def visible_office(actor: Actor, permission: Permission, office_id: int) -> Office:
    """The office, or `NotFound`, the same for one that exists elsewhere."""
    query = select(Office).where(Office.id == office_id, within(actor, permission))
    if (office := db.session.scalars(query).one_or_none()) is None:
        raise NotFound
    return office


def offices_of(actor: Actor, permission: Permission) -> Sequence[Office]:
    """Every office for which the permission is held, in the order of the tree."""
    found = db.session.scalars(select(Office).where(within(actor, permission))).all()
    # A database sorts the strokes in a path as its locale likes.
    return sorted(found, key=lambda office: office.ancestor_ids)


def told(office: Office, *, on: date) -> list[Told]:
    """All that holds for the office on a day: its own word, else that of the nearest above it.

    A word without a value takes the office's own word back: what stands above holds again.
    """
    return list(_told_by_office([office], on=on)[office.id].values())


def settings_of(office: Office, *, on: date) -> dict[Setting, Any]:
    """All that holds for the office on a day, as values."""
    return settings_by_office([office], on=on)[office.id]


def settings_by_office(offices: Iterable[Office], *, on: date) -> dict[int, dict[Setting, Any]]:
    """What holds on a day for each of the offices, by their ids; one query for all of them."""
    parts = settings_over(offices, first=on, last=on)
    return {office_id: holding for office_id, ((_, holding), *_) in parts.items()}


# Of the offices that speak, what they say from which day on; without a value: nothing any more.
SPEAKS = and_(
    any_of(OfficeRule.office_id, "offices"),
    OfficeRule.valid_from <= bindparam("last", type_=OfficeRule.valid_from.type),
)
_SPOKEN = select(
    OfficeRule.office_id, OfficeRule.name, OfficeRule.value, OfficeRule.valid_from
).where(SPEAKS)


def settings_over(
    offices: Iterable[Office], *, first: date, last: date
) -> dict[int, list[tuple[date, dict[Setting, Any]]]]:
    """What holds at each office from the first day to the last, one query for all of them.

    By the office's id: from `first`, and again from each day on which something changes.
    """
    lines = {office.id: office.ancestor_ids for office in offices}
    speakers = sorted({speaker for line in lines.values() for speaker in line})
    rows = asked(_SPOKEN, offices=speakers, last=last) if speakers else ()
    return heard(lines, rows, first)


def heard(
    lines: Mapping[int, Sequence[int]], words: Iterable[Any], first: date
) -> dict[int, list[tuple[date, dict[Setting, Any]]]]:
    """The same from words that were read: office, name, value and day; and the line above each."""
    spoken: dict[int, list[tuple[date, Setting, Any]]] = {}
    for office_id, name, value, since in words:
        spoken.setdefault(office_id, []).append((since, _KNOWN[name], value))
    for said in spoken.values():
        said.sort(key=_since)
    found = {}
    for office_id, line in lines.items():
        own = [said for speaker in line for said in spoken.get(speaker, ())]
        days = [first, *sorted({since for since, *_ in own if since > first})]
        found[office_id] = [(day, _values(line, spoken, day)) for day in days]
    return found


def _values(
    line: Iterable[int], spoken: Mapping[int, list[tuple[date, Setting, Any]]], day: date
) -> dict[Setting, Any]:
    holding = dict(SETTINGS)
    for speaker in line:
        last = {said: value for since, said, value in spoken.get(speaker, ()) if since <= day}
        holding |= {said: value for said, value in last.items() if value is not None}
    return holding


def _since(said: tuple[date, Setting, Any]) -> date:
    return said[0]


def told_over(
    offices: Iterable[Office], *, first: date, last: date
) -> dict[int, list[tuple[date, dict[Setting, Told]]]]:
    """The same with who said so."""
    return _told_over(offices, first, last)


def _told_by_office(offices: Iterable[Office], *, on: date) -> dict[int, dict[Setting, Told]]:
    return {office_id: parts[0][1] for office_id, parts in _told_over(offices, on, on).items()}


def _told_over(
    offices: Iterable[Office], first: date, last: date
) -> dict[int, list[tuple[date, dict[Setting, Told]]]]:
    lines = {office.id: office.ancestor_ids for office in offices}
    speakers = {speaker for line in lines.values() for speaker in line}
    query = (
        select(OfficeRule, Office)
        .join(Office, Office.id == OfficeRule.office_id)
        .where(OfficeRule.office_id.in_(speakers), OfficeRule.valid_from <= last)
        .order_by(OfficeRule.valid_from)
    )
    spoken: dict[int, list[Told]] = {}
    for rule, speaker in db.session.execute(query):
        said = Told(_KNOWN[rule.name], rule.value, speaker, rule.valid_from)
        spoken.setdefault(speaker.id, []).append(said)
    return {
        office_id: [(day, _heard(line, spoken, day)) for day in _days(line, spoken, first)]
        for office_id, line in lines.items()
    }


def _days(line: Iterable[int], spoken: Mapping[int, list[Told]], first: date) -> list[date]:
    words = (said.since for speaker_id in line for said in spoken.get(speaker_id, ()))
    return [first, *sorted({day for day in words if day and day > first})]


def _heard(line: Iterable[int], spoken: Mapping[int, list[Told]], day: date) -> dict[Setting, Told]:
    heard = {setting: Told(setting, default) for setting, default in SETTINGS.items()}
    for speaker_id in line:
        words = [said for said in spoken.get(speaker_id, ()) if said.since and said.since <= day]
        last = {said.setting: said for said in words}
        heard |= {setting: said for setting, said in last.items() if said.value is not None}
    return heard


def setting(office: Office, name: Setting, *, on: date) -> Any:
    """One of them."""
    return settings_of(office, on=on)[name]


def working_calendar() -> tuple[frozenset[date], frozenset[date]]:
    """The days off and the make-up days that differ from Monday to Friday."""
    days = db.session.execute(select(CalendarDay.day, CalendarDay.works)).all()
    off = frozenset(day for day, works in days if not works)
    return off, frozenset(day for day, works in days if works)


def days_off(first: date, last: date) -> dict[date, str]:
    """The public holidays of these days, both included, by name."""
    query = select(CalendarDay.day, CalendarDay.name).where(
        CalendarDay.day.between(first, last), ~CalendarDay.works
    )
    return dict(db.session.execute(query.order_by(CalendarDay.day)).all())


def categories(*, all_: bool = False) -> Sequence[ServiceCategory]:
    """The service categories that may be chosen; all of them where old ones must be shown."""
    query = select(ServiceCategory).order_by(ServiceCategory.place, ServiceCategory.id)
    return db.session.scalars(query if all_ else query.where(ServiceCategory.open)).all()
