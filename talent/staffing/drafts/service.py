"""Drafts: made, changed, compared, shared, answered, turned into plans."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import joinedload, selectinload

from talent import audit
from talent.access import Permission
from talent.accounts.models import Account
from talent.audit import Act, AuditEntry
from talent.db import db, locked
from talent.errors import NotFound, Refused
from talent.offices.models import Office
from talent.offices.service import seen
from talent.rules import whatif as law
from talent.rules.forecast import MONTHS, YEAR, Certainty, Outlook
from talent.rules.reason import Because
from talent.rules.standards import HUNDRED, Share
from talent.rules.whatif import ChangeKind, DraftState, SaidKind, Undrafted
from talent.staffing.drafts import outbox
from talent.staffing.drafts.models import Change, Draft, Said
from talent.staffing.drafts.supposing import otherwise
from talent.staffing.forecasts.service import Foresight
from talent.staffing.models import Appointment
from talent.staffing.plans import service as plans
from talent.staffing.plans.models import Plan
from talent.staffing.plans.service import Wish
from talent.staffing.yardsticks import Yardsticks

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime
    from decimal import Decimal

    from sqlalchemy import ColumnElement

    from talent.access import Actor
    from talent.rules.outcomes import Outcome
    from talent.staffing.models import AppointmentKind

PAGE = 50
LOOKS = (0, YEAR, MONTHS)  # today, in a year, in two
FACTS = (Act.APPOINTMENT_CHANGED, Act.POPULATION_CHANGED, Act.STANDARD_CHANGED, Act.AGE_CHANGED)


@dataclass(frozen=True, slots=True)
class Wanted:
    """One thing that would be otherwise, as it is asked for."""

    kind: ChangeKind
    starts_on: date
    appointment: Appointment | None = None
    office: Office | None = None
    merged: Office | None = None
    appointment_kind: AppointmentKind | None = None
    share: Decimal | None = None
    number: int | None = None
    target: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Beside:
    """One office before and after, today and in 12 and 24 months; None: there is no such office."""

    office: Office
    before: Sequence[Outcome | None]
    after: Sequence[Outcome | None]

    @property
    def differs(self) -> bool:
        """Whether the draft changes anything here."""
        return list(self.before) != list(self.after)


@dataclass(frozen=True, slots=True)
class Since:
    """How many facts changed since a draft was made, and when the last of them did."""

    acts: Mapping[Act, int]
    last: datetime


def listed(actor: Actor, *, after: int | None = None) -> Sequence[Draft]:
    """A page of the drafts that the actor may see, the latest first, and one more."""
    query = (
        select(Draft)
        .where(_visible(actor))
        .options(joinedload(Draft.office), selectinload(Draft.changes))
        .order_by(Draft.id.desc())
        .limit(PAGE + 1)
    )
    if after:
        query = query.where(Draft.id < after)
    return db.session.scalars(query).all()


def visible(actor: Actor, draft_id: int) -> Draft:
    """A draft that is the actor's own, or shared with the actor's offices, or `NotFound`."""
    query = (
        select(Draft)
        .where(Draft.id == draft_id, _visible(actor))
        .options(
            joinedload(Draft.office).joinedload(Office.parent),
            selectinload(Draft.changes).options(
                joinedload(Change.appointment).options(
                    joinedload(Appointment.person), joinedload(Appointment.office)
                ),
                joinedload(Change.office),
                joinedload(Change.merged),
            ),
            selectinload(Draft.said),
        )
    )
    if (found := db.session.scalars(query).one_or_none()) is None:
        raise NotFound
    return found


def own(actor: Actor, draft_id: int) -> Draft:
    """A draft that the actor may change, or `NotFound`."""
    draft = visible(actor, draft_id)
    if not is_own(actor, draft):
        raise NotFound
    return draft


def is_own(actor: Actor, draft: Draft) -> bool:
    """Whether a draft is the actor's, who may still change the office's staffing."""
    mine = actor.account_id is not None and draft.account_id == actor.account_id
    return mine and actor.may(Permission.EDIT_STAFFING, draft.office.path)


def answers(actor: Actor, draft: Draft) -> bool:
    """Whether the actor stands above the office of the draft."""
    above = draft.office.parent
    return above is not None and actor.may(Permission.EDIT_STAFFING, above.path)


def may_remark(actor: Actor, draft: Draft) -> bool:
    """Whether the actor has a say at the office of the draft: who only looks has none."""
    return actor.may(Permission.REMARK_STAFFING, draft.office.path)


def make(
    office: Office,
    *,
    name: str,
    measure: str,
    today: date,
    actor: Actor,
    now: datetime,
    note: str | None = None,
) -> Draft:
    """Begin a draft, on the facts of today."""
    row = Draft(
        office_id=office.id,
        account_id=actor.account_id,
        name=name,
        note=note,
        measure=measure,
        base_on=today,
        based_at=now,
        state=DraftState.OWN,
        made_at=now,
        changed_at=now,
    )
    db.session.add(row)
    db.session.flush()
    _trace(row, "made", actor=actor, now=now)
    return row


def add(draft: Draft, wanted: Wanted, *, now: datetime) -> Change:
    """Take one more change into a draft."""
    locked(Draft, draft.id)
    reasons = law.refusals_to_edit(draft.state)
    reasons = reasons or law.refusals_of_day(wanted.starts_on, base=draft.base_on)
    if reasons := reasons or _refusals(draft, wanted):
        raise Refused(reasons)
    row = Change(
        kind=wanted.kind,
        starts_on=wanted.starts_on,
        appointment_id=wanted.appointment and wanted.appointment.id,
        office_id=wanted.office and wanted.office.id,
        merged_id=wanted.merged and wanted.merged.id,
        appointment_kind=wanted.appointment_kind,
        share=wanted.share,
        number=wanted.number,
        measure=draft.measure if wanted.kind is ChangeKind.STANDARD else None,
        target=wanted.target,
    )
    draft.changes.append(row)
    draft.changed_at = now
    db.session.flush()
    return row


def remove(draft: Draft, change_id: int, *, now: datetime) -> None:
    """Take a change out of a draft again, or `NotFound`."""
    locked(Draft, draft.id)
    if reasons := law.refusals_to_edit(draft.state):
        raise Refused(reasons)
    row = next((each for each in draft.changes if each.id == change_id), None)
    if row is None:
        raise NotFound
    draft.changes.remove(row)
    draft.changed_at = now


def beside(actor: Actor, draft: Draft, *, today: date) -> tuple[Foresight, list[Beside]]:
    """Before and after, of every office below the draft's, in the order of the tree."""
    before = Foresight(actor, today, draft.measure, draft.office)
    after = Foresight(
        actor, today, draft.measure, draft.office, otherwise(draft.changes), known=before
    )
    return after, [
        Beside(office, _looks(before, office), _looks(after, office))
        for office in before.base.tree.offices.values()
    ]


def changed_since(draft: Draft) -> Since | None:
    """Which facts that a draft stands on changed after it was made; None: none did."""
    below = select(Office.id).where(Office.path.startswith(draft.office.path, autoescape=True))
    here = or_(
        AuditEntry.office_id.in_(below),
        and_(
            AuditEntry.act.in_((Act.STANDARD_CHANGED, Act.AGE_CHANGED)),
            or_(
                AuditEntry.office_id.is_(None),
                AuditEntry.office_id.in_(draft.office.ancestor_ids),
            ),
        ),
    )
    query = (
        select(AuditEntry.act, AuditEntry.at)
        .where(AuditEntry.at > draft.based_at, AuditEntry.act.in_(FACTS), here)
        .order_by(AuditEntry.at)
    )
    found = db.session.execute(query).all()
    return Since(Counter(act for act, _ in found), found[-1].at) if found else None


def names_in(draft: Draft) -> dict[int, str]:
    """What those are called whose draft it is or who spoke, by their accounts."""
    ids = {draft.account_id, *(said.said_by for said in draft.said)} - {None}
    query = select(Account.id, Account.name).where(Account.id.in_(ids))
    return dict(db.session.execute(query).all())


def rebase(draft: Draft, *, today: date, now: datetime) -> None:
    """Say that the draft stands on today's facts, which somebody has looked at."""
    locked(Draft, draft.id)
    if reasons := law.refusals_to_edit(draft.state):
        raise Refused(reasons)
    draft.base_on, draft.based_at, draft.changed_at = today, now, now


def share(draft: Draft, words: str | None, *, actor: Actor, now: datetime) -> None:
    """Show the draft to the level above."""
    locked(Draft, draft.id)
    above = draft.office.parent_id is not None
    if reasons := law.refusals_to_share(draft.state, changes=len(draft.changes), above=above):
        raise Refused(reasons)
    _say(draft, SaidKind.SHARED, words, state=DraftState.SHARED, actor=actor, now=now)


def answer(draft: Draft, words: str | None, *, agreed: bool, actor: Actor, now: datetime) -> None:
    """Agree to a draft, or send it back in words."""
    locked(Draft, draft.id)
    mine = actor.account_id is not None and draft.account_id == actor.account_id
    if reasons := law.refusals_to_answer(draft.state, own=mine, agreed=agreed, words=words):
        raise Refused(reasons)
    kind = SaidKind.AGREED if agreed else SaidKind.SENT_BACK
    state = DraftState.AGREED if agreed else DraftState.SENT_BACK
    _say(draft, kind, words, state=state, actor=actor, now=now)


def remark(draft: Draft, words: str, *, actor: Actor, now: datetime) -> None:
    """Say something of a draft that is shared; it stays as it is."""
    if draft.state not in law.VISIBLE_ABOVE:
        raise Refused([Undrafted.NOT_SHARED])
    _say(draft, SaidKind.REMARK, words, state=draft.state, actor=actor, now=now)


def drop(draft: Draft, *, actor: Actor, now: datetime) -> None:
    """Throw a draft away."""
    locked(Draft, draft.id)
    if reasons := law.refusals_to_edit(draft.state):
        raise Refused(reasons)
    draft.state, draft.changed_at = DraftState.DROPPED, now
    _trace(draft, "dropped", actor=actor, now=now)


def plan(draft: Draft, *, actor: Actor, now: datetime) -> Plan:
    """Make a plan of a draft: its added posts are to be filled, the rest is to be carried out."""
    locked(Draft, draft.id)
    above = draft.office.parent_id is not None
    if reasons := law.refusals_to_plan(draft.state, changes=len(draft.changes), above=above):
        raise Refused(reasons)
    row = Plan(
        office_id=draft.office_id,
        draft_id=draft.id,
        name=draft.name,
        made_by=actor.account_id,
        made_at=now,
    )
    db.session.add(row)
    db.session.flush()
    for each in draft.changes:
        if each.kind is ChangeKind.ADD and each.office and each.appointment_kind and each.share:
            wish = Wish(
                each.appointment_kind,
                each.number or 1,
                each.starts_on,
                Certainty.LIKELY,
                each.share,
            )
            plans.plan_post(each.office, wish, actor=actor, now=now, plan=row)
    draft.state, draft.changed_at = DraftState.PLANNED, now
    _trace(draft, "planned", actor=actor, now=now)
    return row


def steps_of(plan_: Plan) -> Sequence[Change]:
    """What is to be carried out beside filling posts: moves, ends, standards, merges."""
    query = (
        select(Change)
        .where(Change.draft_id == plan_.draft_id, Change.kind != ChangeKind.ADD)
        .options(
            joinedload(Change.appointment).options(
                joinedload(Appointment.person), joinedload(Appointment.office)
            ),
            joinedload(Change.office),
            joinedload(Change.merged),
        )
        .order_by(Change.id)
    )
    return db.session.scalars(query).all() if plan_.draft_id else []


def _visible(actor: Actor) -> ColumnElement[bool]:
    mine = and_(
        Draft.account_id == (actor.account_id or 0),
        Draft.office_id.in_(seen(actor, Permission.EDIT_STAFFING)),
    )
    shown = and_(
        Draft.state.in_(sorted(law.VISIBLE_ABOVE)),
        Draft.office_id.in_(seen(actor, Permission.SEE_STAFFING)),
    )
    return or_(mine, shown)


def _refusals(draft: Draft, wanted: Wanted) -> list[Because]:
    match wanted.kind:
        case ChangeKind.MOVE | ChangeKind.END if wanted.appointment:
            touched = any(
                each.appointment_id == wanted.appointment.id
                and each.kind in {ChangeKind.MOVE, ChangeKind.END}
                for each in draft.changes
            )
            found = law.refusals_to_touch(
                starts_on=wanted.starts_on,
                first=wanted.appointment.starts_on,
                last=wanted.appointment.ends_on,
                touched=touched,
            )
            if wanted.office and wanted.office.id == wanted.appointment.office_id:
                found.append(Because(Undrafted.SAME_OFFICE))
            return found
        case ChangeKind.MERGE if wanted.office and wanted.merged:
            one, other = wanted.office, wanted.merged
            merged = {each.merged_id for each in draft.changes} | {
                each.office_id for each in draft.changes if each.kind is ChangeKind.MERGE
            }
            return law.refusals_to_merge(
                same=one.id == other.id,
                one_kind=one.kind is other.kind,
                related=one.id in other.ancestor_ids or other.id in one.ancestor_ids,
                merged=other.id in merged or one.id in {each.merged_id for each in draft.changes},
            )
        case ChangeKind.STANDARD if wanted.target:
            return _refusals_of_number(draft, wanted.target)
        case _:
            return []


def _refusals_of_number(draft: Draft, number: Decimal) -> list[Because]:
    by = Yardsticks([draft.office], [draft.measure]).on(draft.measure, draft.office, draft.base_on)
    terms = law.with_number(by.terms if by else None, number)
    if terms is None:
        return [Because(Undrafted.BANDS)]
    if isinstance(terms, Share) and number > HUNDRED:
        return [Because(Undrafted.PERCENT)]
    return []


def _looks(foresight: Foresight, office: Office) -> list[Outcome | None]:
    measures = foresight.measures.get(office.id)
    if measures is None or office.id not in foresight.base.tree.offices:
        return [None] * len(LOOKS)
    board = foresight.boards[Outlook.LIKELY]
    return [board.outcome(office, measures[at], at) for at in LOOKS]


def _say(
    draft: Draft,
    kind: SaidKind,
    words: str | None,
    *,
    state: DraftState,
    actor: Actor,
    now: datetime,
) -> None:
    said = Said(kind=kind, words=words, said_by=actor.account_id, said_at=now)
    draft.said.append(said)
    if state is not draft.state:
        draft.state, draft.changed_at = state, now
        _trace(draft, kind.value, actor=actor, now=now)
    db.session.flush()
    outbox.tell(draft, said, actor=actor, now=now)


def _trace(draft: Draft, what: str, *, actor: Actor, now: datetime) -> None:
    audit.record(
        Act.STAFFING_DRAFTED, draft, actor=actor, now=now, office_id=draft.office_id, what=what
    )
