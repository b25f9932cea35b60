"""Rows of past hours: entered as hours by hand are, as imported, for a second person."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sqlalchemy import select

from talent.db import db
from talent.errors import Refused
from talent.hours.models import Origin, RecordState, ServiceRecord
from talent.hours.recording import service as recording
from talent.intake import lines as all_lines
from talent.intake.lines import amount, likeness
from talent.intake.models import RowState
from talent.offices.service import categories
from talent.rules.hours import Deed
from talent.rules.reason import N_, Because
from talent.rules.span import DAY, Span
from talent.rules.words import Word
from talent.sheets import cells
from talent.sheets.cells import Unusable
from talent.sheets.outcomes import State

if TYPE_CHECKING:
    from collections.abc import Sequence

    from talent.intake.lines import By, Line
    from talent.sheets.cells import Cell
    from talent.sheets.reading import Row

OPENS = time(8)  # from then on hours without times are put into the day
_UNTIMED = " 原表未写起止时间"  # who approves reads it beside the times
_CLOCK = re.compile(r"(\d{1,2})[:：点时](\d{1,2})?分?(:\d\d)?")


class HoursNote(Word):
    """What is to be said of a row of hours."""

    NOT_A_TIME = "not_a_time", N_("“%(text)s” is not a time. Write it as 14:30.")
    NO_END = "no_end", N_("Say until when, or for how long.")
    NO_CATEGORY = "no_category", N_("“%(text)s” is not a kind of service here.")
    THERE = "there", N_("These hours are on record already.")
    FULL = "full", N_("No time of this day is free for these hours.")
    PLACED = (
        "placed",
        N_("The file names no times: the hours are put into a free time of the day."),
    )


def judge(lines: Sequence[Line], by: By) -> None:
    """The fields of Order 67 Art. 7, read; the times as they are, or a free time of that day."""
    all_lines.known(lines, by)
    known = {name.casefold(): c.id for c in categories() for name in (c.name_zh, c.name_en) if name}
    for each in lines:
        row = each.row
        day = row.take("day", cells.day, required=True)
        category_id = row.take(
            "category",
            lambda cell: all_lines.word(cell, known, HoursNote.NO_CATEGORY),
            required=True,
        )
        deed = _deed(row, day, by)
        times = _times(row, day, by)
        if day and deed and category_id and each.person and not row.refused:
            each.stated = (deed, times, category_id)
            start = times.start if times else deed.minutes
            each.likeness = likeness("hours", each.person.id, day, deed.activity, start)
            if times is None:
                row.note("minutes", HoursNote.PLACED, State.TAKE)
    _there(lines)
    all_lines.told(lines)
    all_lines.repeated(lines, by.intake.id)


def write(lines: Sequence[Line], by: By) -> None:
    """Each is entered, refused with the law's reasons, and never approved by who imports it."""
    for each in lines:
        if each.state is not RowState.TAKE or each.person is None:
            continue
        deed, times, category_id = each.stated
        try:
            with db.session.begin_nested():
                recording.enter(
                    person=each.person, office=by.intake.office, deed=deed,
                    category_id=category_id,
                    span=times or _free(each.person.id, deed, by),
                    actor=by.actor, now=by.now, origin=Origin.IMPORTED,
                )  # fmt: skip
        except Refused as refusal:
            all_lines.refused(each, refusal)
        else:
            each.state = RowState.ADDED


def _deed(row: Row, day: date | None, by: By) -> Deed | None:
    activity = row.take("activity", cells.text, required=True)
    words = {name: row.take(name, cells.text) or "" for name in ("content", "place", "in_charge")}
    for name, value in words.items():
        if not value:
            row.note(name, cells.CellTrouble.MISSING)
    organiser = row.take("organiser", cells.text) or by.intake.office.name_zh
    evidence = row.take("evidence", cells.text) or ""
    minutes = _between(row, day, by) if row["starts"] != "" else amount(row)
    if not activity or not minutes:
        return None
    where = f"{by.intake.name}:{row.number}" + (_UNTIMED if row["starts"] == "" else "")
    return Deed(
        activity=activity[:150], day=day, place=words["place"][:200],
        content=words["content"][:500], minutes=minutes, organiser=organiser[:150],
        person_in_charge=words["in_charge"][:50], by_hand=True,
        evidence=" ".join(filter(None, (evidence[:200], where)))[:500],
    )  # fmt: skip


def _between(row: Row, day: date | None, by: By) -> int | None:
    """What lies between from and to; a length that is stated as well counts, when it is less."""
    span = _times(row, day, by, noting=True)
    stated = amount(row, needed=False)
    if span is None:
        return None
    return min(span.minutes, stated) if stated else span.minutes


def _times(row: Row, day: date | None, by: By, *, noting: bool = False) -> Span | None:
    if row["starts"] == "" or day is None:
        return None
    outcomes = list(row.outcomes)
    start, end = row.take("starts", _clock), row.take("ends", _clock)
    minutes = amount(row, needed=False)
    zone = ZoneInfo(by.intake.office.zone)
    span = None
    if start is not None:
        first = datetime.combine(day, start, zone)
        last = datetime.combine(day, end, zone) if end is not None else None
        if last is not None and last <= first:
            row.note("ends", recording.Unenterable.BACKWARDS)
        elif last is not None:
            span = Span(first, last)
        elif minutes:
            span = Span(first, first.astimezone(by.now.tzinfo) + timedelta(minutes=minutes))
        elif not row.refused:
            row.note("ends", HoursNote.NO_END)
    if not noting:
        row.outcomes[:] = outcomes  # said once
    return span


def _free(person_id: int, deed: Deed, by: By) -> Span:
    """The first free time of the day that is long enough, from the morning on."""
    if deed.day is None:
        raise Refused([HoursNote.FULL])
    zone = ZoneInfo(by.intake.office.zone)
    ends = datetime.combine(deed.day + DAY, time(0), zone)
    at = datetime.combine(deed.day, OPENS, zone).astimezone(by.now.tzinfo)
    length = timedelta(minutes=deed.minutes)
    query = select(ServiceRecord.starts_at, ServiceRecord.ends_at).where(
        ServiceRecord.person_id == person_id,
        ServiceRecord.state != RecordState.REFUSED,
        ServiceRecord.ends_at > at,
        ServiceRecord.starts_at < ends,
    )
    for start, end in db.session.execute(query.order_by(ServiceRecord.starts_at)):
        if start >= at + length:
            break
        at = max(at, end)
    if at + length > ends:
        raise Refused([HoursNote.FULL])
    return Span(at, at + length)


def _there(lines: Sequence[Line]) -> None:
    """The same activity on the same day with as many minutes is not entered twice."""
    ids = [each.person.id for each in lines if each.person]
    query = select(
        ServiceRecord.person_id,
        ServiceRecord.day,
        ServiceRecord.activity,
        ServiceRecord.claimed_minutes,
    ).where(ServiceRecord.person_id.in_(ids), ServiceRecord.state != RecordState.REFUSED)
    there = {tuple(row) for row in db.session.execute(query)}
    for each in lines:
        if each.person is None or each.stated is None:
            continue
        deed = each.stated[0]
        if (each.person.id, deed.day, deed.activity, deed.minutes) in there:
            each.row.note("activity", Because(HoursNote.THERE), State.UNCHANGED)
            each.state = RowState.SAME


def _clock(cell: Cell) -> time:
    """A time of the day: 14:30, 14点30分, or a cell that is a time."""
    if isinstance(cell, datetime):
        return cell.time()
    if isinstance(cell, time):
        return cell
    typed = cells.text(cell, plain=True)
    found = _CLOCK.search(typed.rpartition(" ")[2])
    if isinstance(cell, float | int) and 0 <= cell < 1:  # a part of a day
        return time(*divmod(min(round(cell * 1440), 1439), 60))
    if found is None:
        raise Unusable(HoursNote.NOT_A_TIME, text=typed[:40])
    try:
        return time(int(found[1]), int(found[2] or 0))
    except ValueError:
        raise Unusable(HoursNote.NOT_A_TIME, text=typed[:40]) from None
