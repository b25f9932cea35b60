"""Planned posts and plans: written, filled, given up; what is still open."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from talent import audit, clock
from talent.access import Permission
from talent.audit import Act
from talent.db import db, locked
from talent.errors import NotFound, Refused
from talent.offices.service import seen
from talent.people.models import Person
from talent.rules.forecast import Certainty
from talent.rules.reason import N_, Because
from talent.rules.words import Word
from talent.staffing.models import Appointment, AppointmentKind
from talent.staffing.plans.models import Filling, Plan, PlannedPost, PostState

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from sqlalchemy import Select

    from talent.access import Actor
    from talent.offices.models import Office

PAGE = 50


class Unplanned(Word):
    """Why a planned post is not filled or given up."""

    CLOSED = "closed", N_("This post is filled or given up already.")
    OTHER = "other", N_("The appointment is of another kind, at another office, or fills a post.")
    REASON = "reason", N_("Say why it is given up.")
    MANY = "many", N_("Plan at most %(most)s posts at a time.")


MOST = 100


@dataclass(frozen=True, slots=True)
class Wish:
    """So many posts of a kind, from a day on, and how sure it is."""

    kind: AppointmentKind
    number: int
    starts_on: date
    certainty: Certainty = Certainty.LIKELY
    share: Decimal = Decimal(1)
    note: str | None = None


class ToFill(NamedTuple):
    """Planned posts that are not filled yet, as they are counted."""

    office_id: int
    kind: AppointmentKind
    share: Decimal
    starts_on: date
    number: int
    certainty: Certainty


def open_posts(office_ids: Select[int], *, until: date) -> list[ToFill]:
    """The posts that some offices mean to fill up to a day: less those that are filled."""
    filled = (
        select(func.count())
        .where(Filling.planned_post_id == PlannedPost.id)
        .correlate(PlannedPost)
        .scalar_subquery()
    )
    query = (
        select(
            PlannedPost.office_id,
            PlannedPost.kind,
            PlannedPost.share,
            PlannedPost.starts_on,
            PlannedPost.number - filled,
            PlannedPost.certainty,
        )
        .where(
            PlannedPost.office_id.in_(office_ids),
            PlannedPost.state == PostState.OPEN,
            PlannedPost.starts_on <= until,
        )
        .order_by(PlannedPost.id)
    )
    return [ToFill(*row) for row in db.session.execute(query)]


def plans_of(actor: Actor, *, after: int | None = None) -> Sequence[Plan]:
    """A page of the plans that the actor may see, the latest first, and one more."""
    query = (
        select(Plan)
        .where(Plan.office_id.in_(seen(actor, Permission.SEE_STAFFING)))
        .options(
            joinedload(Plan.office),
            selectinload(Plan.posts).selectinload(PlannedPost.fillings),
        )
        .order_by(Plan.id.desc())
        .limit(PAGE + 1)
    )
    if after:
        query = query.where(Plan.id < after)
    return db.session.scalars(query).all()


def posts_of(
    actor: Actor, *, state: PostState | None = None, after: int | None = None
) -> Sequence[PlannedPost]:
    """A page of the planned posts that the actor may see, the latest first, and one more."""
    query = (
        _with_all(select(PlannedPost))
        .where(PlannedPost.office_id.in_(seen(actor, Permission.SEE_STAFFING)))
        .order_by(PlannedPost.id.desc())
        .limit(PAGE + 1)
    )
    if state:
        query = query.where(PlannedPost.state == state)
    if after:
        query = query.where(PlannedPost.id < after)
    return db.session.scalars(query).all()


def visible_plan(actor: Actor, plan_id: int) -> Plan:
    """A plan with its posts, or `NotFound`."""
    query = (
        select(Plan)
        .where(Plan.id == plan_id, Plan.office_id.in_(seen(actor, Permission.SEE_STAFFING)))
        .options(joinedload(Plan.office))
    )
    if (found := db.session.scalars(query).one_or_none()) is None:
        raise NotFound
    return found


def posts_in(plan: Plan) -> Sequence[PlannedPost]:
    """The posts of a plan, with who fills them."""
    query = _with_all(select(PlannedPost)).where(PlannedPost.plan_id == plan.id)
    return db.session.scalars(query.order_by(PlannedPost.id)).all()


def editable_post(actor: Actor, post_id: int) -> PlannedPost:
    """A planned post that the actor may fill or give up, or `NotFound`."""
    query = _with_all(select(PlannedPost)).where(
        PlannedPost.id == post_id,
        PlannedPost.office_id.in_(seen(actor, Permission.EDIT_STAFFING)),
    )
    if (found := db.session.scalars(query).one_or_none()) is None:
        raise NotFound
    return found


def plan_post(
    office: Office, wish: Wish, *, actor: Actor, now: datetime, plan: Plan | None = None
) -> PlannedPost:
    """Write down posts that an office means to fill."""
    if wish.number > MOST:
        raise Refused([Because(Unplanned.MANY, {"most": MOST})])
    row = PlannedPost(
        plan_id=plan.id if plan else None,
        office_id=office.id,
        kind=wish.kind,
        share=wish.share,
        number=wish.number,
        starts_on=wish.starts_on,
        certainty=wish.certainty,
        note=wish.note,
        state=PostState.OPEN,
        made_by=actor.account_id,
        made_at=now,
        changed_at=now,
    )
    db.session.add(row)
    db.session.flush()
    _trace(row, "planned", actor=actor, now=now)
    return row


def fitting(post: PlannedPost, today: date) -> Sequence[Appointment]:
    """Appointments that may have filled a post: of its kind, at its office, since it is planned.

    Each fills one post, and one that is over already fills none.
    """
    taken = select(Filling.appointment_id)
    query = (
        select(Appointment)
        .join(Appointment.person)
        .where(
            Appointment.office_id == post.office_id,
            Appointment.kind == post.kind,
            Appointment.starts_on >= post.made_at.date(),
            or_(Appointment.ends_on.is_(None), Appointment.ends_on > today),
            Appointment.id.not_in(taken),
        )
        .options(joinedload(Appointment.person))
        .order_by(Person.sort_key, Appointment.id)
        .limit(PAGE)
    )
    return db.session.scalars(query).all()


def fill(post: PlannedPost, appointment_id: int, *, actor: Actor, now: datetime) -> None:
    """Say which appointment filled one of the posts; the last one closes it."""
    locked(PlannedPost, post.id)
    if post.state is not PostState.OPEN:
        raise Refused([Unplanned.CLOSED])
    today = clock.today(post.office.zone, now)
    appointment = next((each for each in fitting(post, today) if each.id == appointment_id), None)
    if appointment is None:
        raise Refused([Unplanned.OTHER])
    post.fillings.append(
        Filling(appointment_id=appointment.id, filled_by=actor.account_id, filled_at=now)
    )
    if len(post.fillings) >= post.number:
        post.state = PostState.FILLED
    post.changed_at = now
    db.session.flush()
    _trace(post, "filled", actor=actor, now=now)


def give_up(post: PlannedPost, reason: str | None, *, actor: Actor, now: datetime) -> None:
    """Nobody is looked for any more; who was appointed stays."""
    locked(PlannedPost, post.id)
    if post.state is not PostState.OPEN:
        raise Refused([Unplanned.CLOSED])
    if not reason:
        raise Refused([Unplanned.REASON])
    post.state, post.reason, post.changed_at = PostState.CANCELLED, reason, now
    _trace(post, "given_up", actor=actor, now=now)


def _with_all(query: Select[PlannedPost]) -> Select[PlannedPost]:
    return query.options(
        joinedload(PlannedPost.office),
        joinedload(PlannedPost.plan),
        selectinload(PlannedPost.fillings)
        .joinedload(Filling.appointment)
        .joinedload(Appointment.person),
    )


def _trace(row: PlannedPost, what: str, *, actor: Actor, now: datetime) -> None:
    facts = {"what": what, "kind": row.kind.value, "number": row.number}
    audit.record(Act.STAFFING_PLANNED, row, actor=actor, now=now, office_id=row.office_id, **facts)
