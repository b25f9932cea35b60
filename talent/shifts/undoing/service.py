"""Bulk acts of the last days, why one can no longer be undone, and undoing it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import aliased, joinedload

from talent import audit
from talent.access import Permission
from talent.accounts.models import Account
from talent.audit import Act
from talent.db import db, locked
from talent.errors import NotFound, Refused
from talent.messages import service as messages
from talent.messages.models import MessageKind
from talent.offices import service as offices
from talent.rules import bulk
from talent.rules.bulk import UNDO_WITHIN, Since
from talent.rules.signup import ENGAGED, SignupState
from talent.shifts.batches import service as batches
from talent.shifts.batches.models import Batch, BatchKind
from talent.shifts.drafting import service as drafting
from talent.shifts.models import Project, Series, Shift, ShiftState, Signup
from talent.shifts.needs.service import ask_as_given
from talent.shifts.places import service as places
from talent.shifts.planning import service as planning

if TYPE_CHECKING:
    from collections.abc import Sequence

    from talent.access import Actor
    from talent.rules.reason import Because

PAGE = 20


@dataclass(frozen=True, slots=True)
class Done:
    """A bulk act as the list shows it. `against`: why it cannot be undone."""

    batch: Batch
    by: str | None
    projects: list[Project]
    against: list[Because]

    @property
    def first(self) -> date:
        """The day of its first shift."""
        return date.fromisoformat(self.batch.facts["first"])

    @property
    def last(self) -> date:
        """The day of its last shift."""
        return date.fromisoformat(self.batch.facts["last"])


def acts(actor: Actor, *, now: datetime, after: int | None = None) -> list[Done]:
    """A page of the bulk acts of the actor's offices, newest first, and one more."""
    query = (
        select(Batch)
        .where(Batch.office_id.in_(offices.seen(actor, Permission.PLAN_SHIFTS)))
        .options(joinedload(Batch.office))
        .order_by(Batch.id.desc())
        .limit(PAGE + 1)
    )
    if after:
        query = query.where(Batch.id < after)
    found = db.session.scalars(query).all()
    against = refusals(found, now=now)
    ids = {id_ for batch in found for id_ in batch.facts["projects"]}
    projects = {p.id: p for p in db.session.scalars(select(Project).where(Project.id.in_(ids)))}
    makers = select(Account.id, Account.name).where(Account.id.in_({b.made_by for b in found}))
    names = dict(db.session.execute(makers).all())
    return [
        Done(
            batch,
            names.get(batch.made_by or 0),
            [projects[id_] for id_ in batch.facts["projects"] if id_ in projects],
            against[batch.id],
        )
        for batch in found
    ]


def visible_batch(actor: Actor, batch_id: int) -> Batch:
    """A bulk act of the actor's offices, or `NotFound`."""
    query = select(Batch).where(
        Batch.id == batch_id,
        Batch.office_id.in_(offices.seen(actor, Permission.PLAN_SHIFTS)),
    )
    if (found := db.session.scalars(query).one_or_none()) is None:
        raise NotFound
    return found


def _touched(batch: Batch) -> set[int]:
    """The shifts that it made, changed or cancelled."""
    return {
        int(id_) for name in ("made", "changed", "cancelled") for id_ in batch.facts.get(name, {})
    }


def refusals(acts_: Sequence[Batch], *, now: datetime) -> dict[int, list[Because]]:
    """Why each act cannot be undone, in a number of questions that does not grow with them."""
    open_ = [b for b in acts_ if not b.undone_at and now <= b.made_at + UNDO_WITHIN]
    ids = {id_ for batch in open_ for id_ in _touched(batch)}
    known = _Known(
        {shift.id: shift for shift in batches.shifts_of(Shift.id.in_(ids))},
        _signups(ids, min((b.made_at for b in open_), default=now)),
        batches.attended_counts(ids),
        _busy([b for b in open_ if b.kind is BatchKind.CANCEL]),
        _on_series(open_),
    )
    found = {}
    for batch in acts_:
        since = Since()
        if batch in open_:
            since = _since(batch, known, now)
        found[batch.id] = bulk.refusals_to_undo(
            batch.made_at, now, since, undone=batch.undone_at is not None
        )
    return found


def _signups(ids: set[int], since: datetime) -> list[Any]:
    """Sign-ups that may have been made, ended or answered since."""
    query = select(Signup.shift_id, Signup.made_at, Signup.ended_at, Signup.agreed_version).where(
        Signup.shift_id.in_(ids),
        or_(Signup.made_at >= since, Signup.ended_at >= since, Signup.agreed_version > 1),
    )
    return list(db.session.execute(query).all())


@dataclass(frozen=True, slots=True)
class _Known:
    shifts: dict[int, Shift]
    signups: Sequence[Any]
    attended: dict[int, int]
    busy: dict[int, int]
    on_series: Sequence[Batch]


def _since(batch: Batch, known: _Known, now: datetime) -> Since:
    mine = [known.shifts[id_] for id_ in sorted(_touched(batch)) if id_ in known.shifts]
    ids = {shift.id for shift in mine}
    on = [one for one in known.signups if one.shift_id in ids]
    made = batch.facts.get("made")
    changed = batch.facts.get("changed", {})
    cancelled = batch.facts.get("cancelled", {})
    edited = published = 0
    for shift in mine:
        key = str(shift.id)
        if key in cancelled:
            same = shift.state is ShiftState.CANCELLED and shift.version == cancelled[key]
        else:
            stamp = made[key] if made else changed[key]["stamp"]
            same = planning.stamp_of(shift) == stamp
            same &= made is not None or shift.state in (ShiftState.DRAFT, ShiftState.PUBLISHED)
        edited += not same
        published += made is not None and shift.state is not ShiftState.DRAFT
    return Since(
        signed_up=len(on) if made else sum(one.made_at > batch.made_at for one in on),
        attended=sum(known.attended.get(id_, 0) for id_ in ids),
        published=published,
        edited=edited,
        answered=sum(_answered(one, batch) for one in on),
        begun=0 if made else sum(shift.starts_at <= now for shift in mine),
        busy=known.busy.get(batch.id, 0),
        built_on=sum(
            later.id > batch.id and not _series_of(later).isdisjoint(_series_of(batch))
            for later in known.on_series
        ),
    )


def _series_of(batch: Batch) -> set[int]:
    """The series that it began, lengthened, changed or parted."""
    return {id_ for name in ("series", "parted") if (id_ := batch.facts.get(name))}


def _on_series(acts_: Sequence[Batch]) -> Sequence[Batch]:
    """These acts on series and all later ones of their offices that have not been undone."""
    mine = [batch for batch in acts_ if _series_of(batch)]
    if not mine:
        return []
    query = select(Batch).where(
        Batch.office_id.in_({batch.office_id for batch in mine}),
        Batch.id > min(batch.id for batch in mine),
        Batch.kind.in_((BatchKind.SERIES, BatchKind.EDIT)),
        Batch.undone_at.is_(None),
    )
    return db.session.scalars(query).all()


def _answered(one: Any, batch: Batch) -> bool:
    """Who was on the shift before has given up the place since, or has kept it when asked."""
    if one.made_at > batch.made_at:
        return False
    if one.ended_at and one.ended_at > batch.made_at:
        return True
    before = batch.facts.get("changed", {}).get(str(one.shift_id), {}).get("version")
    return before is not None and one.agreed_version > before


def _busy(acts_: Sequence[Batch]) -> dict[int, int]:
    """How many people have taken another shift at the time of one that was cancelled."""
    ids = {id_ for batch in acts_ for id_ in _touched(batch)}
    other, there = aliased(Signup), aliased(Shift)
    query = (
        select(Signup.shift_id, func.count(Signup.person_id.distinct()))
        .join(Shift, Shift.id == Signup.shift_id)
        .join(other, other.person_id == Signup.person_id)
        .join(there, there.id == other.shift_id)
        .where(
            Signup.shift_id.in_(ids),
            Signup.state.in_(ENGAGED),
            other.state.in_(ENGAGED),
            there.state == ShiftState.PUBLISHED,
            there.starts_at < Shift.ends_at,
            there.ends_at > Shift.starts_at,
        )
        .group_by(Signup.shift_id)
    )
    count = dict(db.session.execute(query).all()) if ids else {}
    return {b.id: sum(count.get(id_, 0) for id_ in _touched(b)) for b in acts_}


def undo(batch: Batch, *, actor: Actor, now: datetime) -> None:
    """Take the act back, all of it or nothing; everybody who was told is told again."""
    batches.hold(batch.facts["projects"])  # before shifts, as whoever plans does
    shifts = batches.hold_shifts(_touched(batch))
    batch = locked(Batch, batch.id)
    if against := refusals([batch], now=now)[batch.id]:
        raise Refused(against)
    if batch.kind is BatchKind.CANCEL:
        _restore(batch, shifts, actor=actor, now=now)
    elif batch.kind is BatchKind.EDIT:
        _change_back(batch, shifts, actor=actor, now=now)
    else:
        _remove(batch, shifts, actor=actor, now=now)
    batch.undone_at = now
    audit.record(
        Act.BATCH_UNDONE, batch, actor=actor, now=now, office_id=batch.office_id,
        kind=batch.kind.value, count=batch.facts.get("count"),
    )  # fmt: skip


def _remove(batch: Batch, shifts: Sequence[Shift], *, actor: Actor, now: datetime) -> None:
    for shift in shifts:
        planning.call_off(shift, actor=actor, now=now, reason="")  # drafts: they are removed
    db.session.flush()
    if (series_id := batch.facts.get("series")) is None:
        return
    series = locked(Series, series_id)
    if rule := batch.facts.get("rule"):
        series.rule = rule
        made = {each.series_day.isoformat() for each in shifts if each.series_day}
        series.without = [day for day in series.without if day not in made]
    elif not db.session.scalar(select(Shift.id).where(Shift.series_id == series_id).limit(1)):
        db.session.delete(series)


def _restore(batch: Batch, shifts: Sequence[Shift], *, actor: Actor, now: datetime) -> None:
    for shift in shifts:
        version = shift.version
        shift.state, shift.cancel_reason = ShiftState.PUBLISHED, None
        shift.version, shift.changed_at = version + 1, now
        if shift.series_id and shift.series_day:
            _put_in(shift.series_id, shift.series_day.isoformat())
        for one in places.live_of(shift.id):
            # Who has not been told yet that it is cancelled need not be told that it is not.
            if messages.drop(MessageKind.SHIFT_CANCELLED, f"{one.id}:{version}"):
                one.agreed_version += one.agreed_version == version
            else:
                once = f"{one.id}:{shift.version}"
                places.tell(MessageKind.SHIFT_RESTORED, one, once=once, now=now)
            if one.state is SignupState.OFFERED and not one.newcomer:
                places.tell_offer(one, now)  # it was taken back with the shift
        audit.record(
            Act.SHIFT_CHANGED, shift, actor=actor, now=now, office_id=shift.project.office_id,
            state=shift.state.value, version=shift.version,
        )  # fmt: skip
    removed = batch.facts.get("removed", [])
    projects = {p.id: p for p in batches.hold({each["project"] for each in removed})}
    for each in removed:
        series = db.session.get(Series, each["series"]) if each["series"] else None
        batches.plan(drafting.read(each, projects[each["project"]]), now=now, series=series)
        if series and each["series_day"]:
            _put_in(series.id, each["series_day"])


def _put_in(series_id: int, day: str) -> None:
    series = locked(Series, series_id)
    series.without = [each for each in series.without if each != day]


def _change_back(batch: Batch, shifts: Sequence[Shift], *, actor: Actor, now: datetime) -> None:
    for shift in shifts:
        before = batch.facts["changed"][str(shift.id)]
        agreed = [
            one for one in places.live_of(shift.id) if one.agreed_version >= before["version"]
        ]
        line = drafting.read(
            before | {"zone": shift.zone, "own": {}, "series_day": None}, shift.project
        )
        known = {need.id for need in shift.needs}
        batches.apply(shift, line, actor=actor, now=now)
        for need in shift.needs:  # one that comes back asks for what it asked for
            if need.id not in known:
                ask_as_given(need, before["needs"].get(str(need.position_id), {}))
        for one in agreed:  # it is what they agreed to
            one.agreed_version = shift.version
    series = locked(Series, batch.facts["series"])
    kept = batch.facts["series_before"]
    series.starts, series.ends = (time.fromisoformat(kept[name]) for name in ("starts", "ends"))
    for name in ("rule", "ends_later", "place", "note", "needs"):
        setattr(series, name, kept[name])
    if parted := batch.facts.get("parted"):
        for shift in batches.shifts_of(Shift.series_id == parted):
            shift.series_id = series.id
        db.session.flush()
        later = locked(Series, parted)
        series.without = sorted({*series.without, *later.without})
        db.session.delete(later)
