"""Drafts of a profile: written down, computed, compared, put in force once or thrown away."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, insert, or_, select, tuple_, update
from sqlalchemy.orm import joinedload, selectinload

from talent import audit, clock
from talent.access import Permission
from talent.audit import Act
from talent.db import db, locked, take_first
from talent.errors import NotFound, Refused
from talent.hours.counting.service import COUNTING
from talent.lab.models import COMPUTING, OPEN, CountingDraft, DraftLine, DraftState
from talent.lab.recount import Recounted, Trial
from talent.offices import service as offices
from talent.offices import settings
from talent.offices.models import Office, Setting
from talent.recognition.models import StarScheme
from talent.rules import drafts as law
from talent.rules.hours import Approval
from talent.rules.reason import Because

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date, datetime

    from talent.access import Actor

PAGE = 50
LEASE = timedelta(seconds=90)  # a worker that was not seen so long is gone


def recent(actor: Actor, *, after: int | None = None) -> Sequence[CountingDraft]:
    """A page of drafts, the newest first, and one more."""
    query = (
        select(CountingDraft)
        .where(CountingDraft.office_id.in_(offices.seen(actor, Permission.EDIT_RULES)))
        .options(joinedload(CountingDraft.office))
        .order_by(CountingDraft.id.desc())
        .limit(PAGE + 1)
    )
    if after:
        query = query.where(CountingDraft.id < after)
    return db.session.scalars(query).all()


def visible(actor: Actor, draft_id: int) -> CountingDraft:
    """A draft of an office whose rules the actor sets, or `NotFound`."""
    query = (
        select(CountingDraft)
        .where(
            CountingDraft.id == draft_id,
            CountingDraft.office_id.in_(offices.seen(actor, Permission.EDIT_RULES)),
        )
        .options(joinedload(CountingDraft.office))
        .execution_options(populate_existing=True)
    )
    if (found := db.session.scalars(query).one_or_none()) is None:
        raise NotFound
    return found


def draft(
    office: Office,
    *,
    name: str,
    note: str | None,
    changed: Mapping[Setting, Any],
    valid_from: date,
    first_day: date,
    last_day: date,
    actor: Actor,
    now: datetime,
    changes: CountingDraft | None = None,
) -> CountingDraft:
    """Write a draft down, new or changed; the worker computes it, nobody waits in a request."""
    today = clock.today(office.zone, now)
    refused = law.refusals_to_draft(
        changed, valid_from=valid_from, first=first_day, last=last_day, today=today
    ) + _limits(office, changed, valid_from)
    if changes is not None:
        changes = locked(CountingDraft, changes.id)
        if changes.state not in OPEN:
            refused = [Because(law.Untried.DECIDED)]
    if refused:
        raise Refused(refused)
    row = changes or CountingDraft(office_id=office.id, made_by=actor.account_id, made_at=now)
    row.name, row.note, row.valid_from = name, note, valid_from
    row.changed = {setting.value: value for setting, value in changed.items()}
    row.first_day, row.last_day = first_day, last_day
    row.state, row.percent, row.seen_at, row.sums = DraftState.WAITING, 0, None, {}
    db.session.add(row)
    db.session.flush()
    return row


def _limits(office: Office, changed: Mapping[Setting, Any], on: date) -> list[Because]:
    held = offices.settings_of(office, on=on) | dict(changed)
    wrong = held[Setting.SELF_APPROVED_MINUTES] > held[Setting.OFFICE_MINUTES]
    return [Because(settings.Unset.LIMITS)] if wrong else []


def changed_of(row: CountingDraft) -> dict[Setting, Any]:
    """What a draft changes, in the order of a profile."""
    return {each: row.changed[each.value] for each in COUNTING if each.value in row.changed}


def put_in_force(row: CountingDraft, *, actor: Actor, now: datetime) -> None:
    """Its rules hold from its day on. What was recorded before stays as it is."""
    row = locked(CountingDraft, row.id)
    today = clock.today(row.office.zone, now)
    refused = law.refusals_to_put_in_force(
        open_=row.state in OPEN,
        computed=row.state is DraftState.READY,
        valid_from=row.valid_from,
        today=today,
    )
    if refused := refused or _limits(row.office, changed_of(row), row.valid_from):
        raise Refused(refused)
    for setting, value in _in_order(row):
        settings.set_rule(
            row.office, setting, value, valid_from=row.valid_from, today=today, actor=actor, now=now
        )
    row.state, row.decided_by, row.decided_at = DraftState.IN_FORCE, actor.account_id, now
    audit.record(
        Act.DRAFT_IN_FORCE, row, actor=actor, now=now, office_id=row.office_id,
        name=row.name, valid_from=row.valid_from.isoformat(), changed=row.changed,
    )  # fmt: skip


def _in_order(row: CountingDraft) -> list[tuple[Setting, Any]]:
    """So that at no step more is approved by itself than the office may approve."""
    changed = changed_of(row)
    held = offices.settings_of(row.office, on=row.valid_from)
    if changed.get(Setting.OFFICE_MINUTES, 0) > held[Setting.OFFICE_MINUTES]:
        rises = changed.pop(Setting.OFFICE_MINUTES)
        changed = {Setting.OFFICE_MINUTES: rises, **changed}
    return list(changed.items())


def drop(row: CountingDraft, *, actor: Actor, now: datetime) -> None:
    """Throw it away. Nothing holds of it; that it was there stays to be seen."""
    row = locked(CountingDraft, row.id)
    if row.state not in OPEN:
        raise Refused([law.Untried.DECIDED])
    row.state, row.decided_by, row.decided_at = DraftState.DROPPED, actor.account_id, now


def claim(now: datetime) -> int | None:
    """The next one to compute, for this worker alone; also one whose worker died."""
    gone = or_(CountingDraft.seen_at.is_(None), CountingDraft.seen_at < now - LEASE)
    free = or_(
        CountingDraft.state == DraftState.WAITING,
        (CountingDraft.state == DraftState.RUNNING) & gone,
    )
    return take_first(CountingDraft, free, state=DraftState.RUNNING, seen_at=now, percent=0)


def trial(draft_id: int) -> Trial:
    """What has to be computed."""
    row = db.session.get_one(CountingDraft, draft_id, populate_existing=True)
    return Trial(row.office, changed_of(row), row.first_day, row.last_day)


def go_on(draft_id: int, percent: int, now: datetime) -> bool:
    """Say how far it is; whether somebody still waits for this very draft."""
    mine = (
        update(CountingDraft)
        .where(CountingDraft.id == draft_id, CountingDraft.state == DraftState.RUNNING)
        .values(percent=percent, seen_at=now)
        .returning(CountingDraft.id)
    )
    return db.session.scalar(mine, execution_options={"synchronize_session": False}) is not None


def finish(draft_id: int, found: Iterable[Recounted], now: datetime) -> None:
    """Keep whom it changes and the sums of all, unless the draft was changed meanwhile."""
    row = locked(CountingDraft, draft_id)
    if row.state is not DraftState.RUNNING:
        return
    everybody = list(found)
    db.session.execute(delete(DraftLine).where(DraftLine.draft_id == row.id))
    if lines := [_line(row.id, one) for one in everybody if _changes(one)]:
        db.session.execute(insert(DraftLine), lines)
    row.sums = _sums(everybody, len(lines))
    row.state, row.percent, row.finished_at = DraftState.READY, 100, now


def fail(draft_id: int) -> None:
    """It could not be computed."""
    row = locked(CountingDraft, draft_id)
    if row.state is DraftState.RUNNING:
        row.state = DraftState.FAILED


def _changes(one: Recounted) -> bool:
    return (
        one.before.minutes != one.after.minutes
        or one.recognised[0] != one.recognised[1]
        or one.before.needs != one.after.needs
        or one.levels[0] != one.levels[1]
    )


def _line(draft_id: int, one: Recounted) -> dict[str, Any]:
    moved = abs(one.after.minutes - one.before.minutes)
    return {
        "draft_id": draft_id,
        "person_id": one.person_id,
        "records": one.records,
        "minutes_before": one.before.minutes,
        "minutes_after": one.after.minutes,
        "recognised_before": one.recognised[0],
        "recognised_after": one.recognised[1],
        "reviewed_before": one.before.reviewed,
        "reviewed_after": one.after.reviewed,
        "scheme_id": one.scheme_id,
        "level_before": one.levels[0],
        "level_after": one.levels[1],
        "size": max(moved, abs(one.recognised[1] - one.recognised[0])),
    }


def _sums(everybody: Sequence[Recounted], changed: int) -> dict[str, Any]:
    """Of everybody, whether changed or not."""
    needs: tuple[Counter[Approval], Counter[Approval]] = (Counter(), Counter())
    for one in everybody:
        needs[0].update(one.before.needs)
        needs[1].update(one.after.needs)
    return {
        "people": len(everybody),
        "changed": changed,
        "records": sum(one.records for one in everybody),
        "minutes": [sum(getattr(one, side).minutes for one in everybody) for side in _SIDES],
        "recognised": [sum(one.recognised[n] for one in everybody) for n in (0, 1)],
        "higher": sum(one.levels[1] > one.levels[0] for one in everybody),
        "lower": sum(one.levels[1] < one.levels[0] for one in everybody),
        "needs": {level.value: [needs[0][level], needs[1][level]] for level in Approval},
    }


_SIDES = ("before", "after")


def lines(
    row: CountingDraft, *, after: str = "", most: int | None = PAGE + 1
) -> Sequence[DraftLine]:
    """Whom it changes, the greatest change first; `after` is the key of the last one."""
    query = (
        select(DraftLine)
        .where(DraftLine.draft_id == row.id)
        .options(
            joinedload(DraftLine.person),
            joinedload(DraftLine.scheme).options(
                selectinload(StarScheme.levels), joinedload(StarScheme.office)
            ),
        )
        .order_by(DraftLine.size.desc(), DraftLine.id.desc())
        .limit(most)
    )
    size, _, id_ = after.partition("-")
    if size.isdecimal() and id_.isdecimal():
        key = tuple_(DraftLine.size, DraftLine.id)
        query = query.where(key < tuple_(int(size), int(id_)))
    return db.session.scalars(query).all()


def key(line: DraftLine) -> str:
    """Where the next page begins."""
    return f"{line.size}-{line.id}"


def is_computing(row: CountingDraft) -> bool:
    """Whether somebody who looks should look again."""
    return row.state in COMPUTING
