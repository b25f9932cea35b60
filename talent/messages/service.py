"""The outbox: what is to be told, written in the transaction of the act that caused it."""

from __future__ import annotations

from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING, Any, Protocol

from sqlalchemy import ColumnElement, and_, delete, func, or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import joinedload

from talent import clock, seal
from talent.audit import Act, record
from talent.backup import numbers
from talent.clock import today
from talent.db import db, locked, upserting, wrote
from talent.errors import NotFound, Refused
from talent.i18n import DEFAULT_ZONE
from talent.messages.models import (
    AT_ONCE,
    ESSENTIAL,
    PRIVATE,
    JobRun,
    Message,
    MessageKind,
    MessageState,
    Stopped,
    Trouble,
)
from talent.messages.outbox import move
from talent.offices.service import seen
from talent.people.agreements import service as agreements
from talent.people.applications import service as applications
from talent.people.claims.service import LASTS, code_of, to_tell
from talent.people.models import Person, Registration, RegistrationState, Tie
from talent.people.steps import service as steps
from talent.rules.age import guardian_needed
from talent.rules.applications import InterviewState
from talent.rules.reason import N_
from talent.rules.words import Word

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from talent.access import Actor, Permission
    from talent.offices.models import Office

PAGE = 30
OPTIONAL = tuple(kind for kind in MessageKind if kind not in ESSENTIAL)


class Reader(Protocol):
    """An account, seen from below: accounts stand above messages."""

    id: Any
    person_id: Any
    email: Any
    language: Any


class NotAgain(Word):
    """Why a message is not sent a second time."""

    NOT_IN_TROUBLE = "not_in_trouble", N_("This message needs no second try.")
    NO_ADDRESS = (
        "no_address",
        N_("No mail address is known. Please enter one for the person first."),
    )
    LINK_GONE = "link_gone", N_("Its link is used up. The reader can ask for a new one.")


def tell(
    kind: MessageKind,
    *,
    once: str,
    now: datetime,
    person: Person | None = None,
    account: Reader | None = None,
    office_id: int | None = None,
    facts: dict[str, Any] | None = None,
    due_at: datetime | None = None,
    useless_after: datetime | None = None,
    secret: str | None = None,
) -> int | None:
    """Put one message into the outbox: its number. `once` names the event; a second one is None.

    `facts` are JSON values for the templates of the kind: moments and days as ISO text under names
    that end in `_at` and `_on` (or `day`), the link's `path`. `secret` (plain here, sealed at rest)
    is put behind the path. A reader without an address leaves the message where the office sees it.
    """
    if person and person.restricted_at and kind not in ESSENTIAL:
        return None  # who has left is left in peace, and so is who spoke for the child
    guardian = _guardian(person, now) if person and kind not in PRIVATE else None
    if person and guardian:
        tell(
            kind,
            once=f"{once}:guardian",
            now=now,
            person=guardian,
            office_id=office_id,
            facts={**(facts or {}), "ward": person.name, "path": f"/children/{person.id}"},
            due_at=due_at,
            useless_after=useless_after,
        )
    if person and kind not in ESSENTIAL and db.session.get(Stopped, (person.id, kind)):
        return None
    address = (person and person.email) or (account and account.email) or None
    unread = MessageState.DROPPED if guardian and guardian.email else MessageState.DEAD
    reader = person or account
    written = wrote(
        _put(db.engine.dialect.name),
        **numbers.counted_on(Message),
        kind=kind,
        once=f"{kind}:{once}",
        person_id=person.id if person else account.person_id if account else None,
        account_id=account.id if account else None,
        office_id=office_id,
        address=address,
        language=reader.language if reader else "zh",
        facts=facts or {},
        secret=secret if address else None,
        state=MessageState.WAITING if address else unread,
        trouble=None if address else Trouble.NO_ADDRESS,
        made_at=now,
        due_at=due_at or now,
        useless_after=useless_after,
    )
    number: int | None = written.scalar_one_or_none()
    return number


@cache
def _put(_engine: str) -> Any:
    """The statement by which each message is written, once for each event."""
    table: Any = Message.__table__
    once_only = upserting(table).on_conflict_do_nothing(index_elements=["once"])
    return once_only.returning(Message.id)


def _guardian(person: Person, now: datetime) -> Person | None:
    """Who reads what a minor reads, until the day of coming of age."""
    today = clock.today(DEFAULT_ZONE, now)
    if person.guardian_id is None or not person.birth_date:
        return None
    if not guardian_needed(person.birth_date, today):
        return None
    return db.session.get(Person, person.guardian_id)


def drop(kind: MessageKind, once: str, *, trouble: Trouble = Trouble.WITHDRAWN) -> int:
    """Take back what has not gone out: the event itself and all whose name goes on with a colon.

    `drop(SHIFT_REMINDER, "12")` takes back `12` and `12:1440`, and leaves `123` alone.
    """
    key = f"{kind}:{once}"
    mine = or_(Message.once == key, Message.once.startswith(f"{key}:", autoescape=True))
    live = Message.state.in_((MessageState.WAITING, MessageState.CLAIMED))
    return move(and_(mine, live), MessageState.DROPPED, trouble=trouble, secret=None)


def again(message: Message, *, actor: Actor, now: datetime) -> None:
    """Send once more what was given up or is in doubt, to the address that is known now."""
    message = locked(Message, message.id)
    if not in_trouble(message, now):
        raise Refused([NotAgain.NOT_IN_TROUBLE])
    if message.kind in AT_ONCE:
        raise Refused([NotAgain.LINK_GONE])
    if message.useless_after is not None and message.useless_after <= now:
        raise Refused([Trouble.TOO_LATE])
    if message.person and message.person.email:
        message.address = message.person.email
    if not message.address:
        raise Refused([NotAgain.NO_ADDRESS])
    message.state, message.tries, message.due_at = MessageState.WAITING, 0, now
    message.trouble, message.answer = None, None
    record(Act.MESSAGE_RESENT, message, actor=actor, now=now, office_id=message.office_id)


def in_trouble(message: Message, now: datetime) -> bool:
    """Whether somebody at the office should look at it."""
    lapsed = message.claimed_until is None or message.claimed_until <= now
    return message.state is MessageState.DEAD or (message.state is MessageState.HANDED and lapsed)


def visible_message(actor: Actor, permission: Permission, message_id: int) -> Message:
    """The message, or `NotFound`."""
    query = select(Message).where(Message.id == message_id, _within(actor, permission))
    if (message := db.session.scalars(query).one_or_none()) is None:
        raise NotFound
    return message


def outbox(
    actor: Actor,
    permission: Permission,
    *,
    state: MessageState | None = None,
    kind: MessageKind | None = None,
    before: int | None = None,
) -> tuple[Sequence[Message], int | None]:
    """A page of messages, newest first, and the key of the next page."""
    wanted = [_within(actor, permission)]
    wanted += [Message.state == state] if state else []
    wanted += [Message.kind == kind] if kind else []
    wanted += [Message.id < before] if before else []
    found = db.session.scalars(_listed(wanted).limit(PAGE + 1)).all()
    return found[:PAGE], found[PAGE - 1].id if len(found) > PAGE else None


def troubled(actor: Actor, permission: Permission, now: datetime) -> Sequence[Message]:
    """The newest messages that need somebody's eye."""
    lapsed = and_(Message.state == MessageState.HANDED, Message.claimed_until <= now)
    needs = or_(Message.state == MessageState.DEAD, lapsed)
    return db.session.scalars(_listed([_within(actor, permission), needs]).limit(10)).all()


def counts(actor: Actor, permission: Permission) -> dict[MessageState, int]:
    """How many messages are in each state."""
    query = select(Message.state, func.count()).where(_within(actor, permission))
    found = dict(db.session.execute(query.group_by(Message.state)).all())
    return {state: found.get(state, 0) for state in MessageState}


def resting(now: datetime) -> bool:
    """Whether the timed work stands still: no job has begun for some minutes."""
    last = db.session.scalar(select(func.max(JobRun.started_at)))
    return last is None or last < now - timedelta(minutes=5)


def stopped(person_id: int) -> set[MessageKind]:
    """The kinds that the person does not want."""
    return set(db.session.scalars(select(Stopped.kind).where(Stopped.person_id == person_id)))


def stop(person_id: int, kind: MessageKind, *, now: datetime) -> None:
    """No more messages of this kind; those that wait are dropped."""
    if kind in ESSENTIAL or db.session.get(Person, person_id) is None:
        raise NotFound
    row = _insert(Stopped).values(person_id=person_id, kind=kind, at=now)
    db.session.execute(row.on_conflict_do_nothing())
    waiting = and_(
        Message.person_id == person_id,
        Message.kind == kind,
        Message.state == MessageState.WAITING,
    )
    move(waiting, MessageState.DROPPED, trouble=Trouble.STOPPED)


def stop_token(person_id: int, kind: MessageKind) -> str:
    """The end of the address that stops a kind in one click. Mail is kept, so it never expires."""
    return seal.sign("messages.stop", [person_id, kind.value])


def read_stop_token(token: str) -> tuple[int, MessageKind]:
    """Whom and what it stops, or `NotFound`."""
    person_id, code = seal.signed("messages.stop", token) or (0, "")
    if (kind := {each.value: each for each in OPTIONAL}.get(code)) is None:
        raise NotFound
    return person_id, kind


def choose(person_id: int, wanted: Collection[MessageKind], *, now: datetime) -> None:
    """Which of the kinds that one can do without the person wants."""
    for kind in OPTIONAL:
        if kind not in wanted:
            stop(person_id, kind, now=now)
    mine = and_(Stopped.person_id == person_id, Stopped.kind.in_(wanted))
    db.session.execute(delete(Stopped).where(mine))


def tell_decisions(*, now: datetime, since: timedelta = timedelta(days=7)) -> int:
    """Tell those whose registration was accepted or returned since; people stand below messages."""
    query = (
        select(Registration)
        .where(
            Registration.state.in_((RegistrationState.ACTIVE, RegistrationState.RETURNED)),
            Registration.decided_at > now - since,
            Registration.decided_at > Registration.applied_at,  # not entered by the office itself
        )
        .options(joinedload(Registration.person), joinedload(Registration.office))
    )
    told = 0
    rows = db.session.scalars(query.order_by(Registration.id)).all()
    asking = agreements.asked({row.office for row in rows}, on=today(DEFAULT_ZONE, now))
    for row in rows:
        decided = row.decided_at.isoformat() if row.decided_at else ""
        accepted, agreement = row.state is RegistrationState.ACTIVE, row.office_id in asking
        facts = {
            "accepted": accepted,
            "reason": row.reason,
            "volunteer_no": row.person.volunteer_no,
            "agreement": agreement,
            "path": "/shifts/for-me" if accepted and not agreement else "/people/me",
        }
        message = tell(
            MessageKind.REGISTRATION_DECIDED,
            once=f"{row.id}:{decided}",
            now=now,
            person=row.person,
            office_id=row.office_id,
            facts=facts,
        )
        told += message is not None
    return told


def tell_applications(*, now: datetime, since: timedelta = timedelta(days=2)) -> int:
    """Tell who is invited to an interview, or no longer, and whose application went elsewhere."""
    told = 0
    for one in applications.interviews_to_tell(now - since):
        planned = one.state is InterviewState.PLANNED
        message = tell(
            MessageKind.INTERVIEW_INVITED if planned else MessageKind.INTERVIEW_OFF,
            once=str(one.id),
            now=now,
            person=one.person,
            office_id=one.office_id,
            facts={
                "interview_id": one.id,
                "starts_at": one.starts_at.isoformat(),
                "ends_at": one.ends_at.isoformat(),
                "way": one.way.label,
                "where": one.place,
                "reason": one.result,
                "path": "/people/me",
            },
            useless_after=one.starts_at,
        )
        if not planned:
            drop(MessageKind.INTERVIEW_INVITED, str(one.id))
        told += message is not None
    for step in steps.referrals_to_tell(now - since):
        message = tell(
            MessageKind.APPLICATION_REFERRED,
            once=str(step.id),
            now=now,
            person=step.person,
            office_id=step.to_office_id,
            facts={
                "from_office": _names(step.office),
                "to": _names(step.to_office or step.office),
                "reason": step.note,
                "path": "/people/me",
            },
        )
        told += message is not None
    return told


def _names(office: Office) -> dict[str, str | None]:
    return {"name_zh": office.name_zh, "name_en": office.name_en}


def tell_claims(*, now: datetime) -> int:
    """Tell people on record that an account asks for their entry."""
    told = 0
    for claim in to_tell(since=now - LASTS):
        facts = {
            "asked_by": claim.account_name,
            "until_at": (claim.made_at + LASTS).isoformat(),
            "path": f"/people/claims/{claim.id}/letters/",
        }
        message = tell(
            MessageKind.CLAIM,
            once=f"{claim.id}:{claim.made_at.isoformat()}",
            now=now,
            person=claim.person,
            facts=facts,
            useless_after=claim.made_at + LASTS,
            secret=code_of(claim),
        )
        told += message is not None
    return told


def _insert(model: type[Message | Stopped]) -> Any:
    """An INSERT that knows ON CONFLICT, in the words of the engine."""
    engine = db.session.get_bind().dialect.name
    return {"sqlite": sqlite.insert, "postgresql": postgresql.insert}[engine](model)


def _within(actor: Actor, permission: Permission) -> ColumnElement[bool]:
    """Of an office that the actor sees; what names no office, of a person whom such one knows."""
    offices = seen(actor, permission)
    known = select(Tie.person_id).where(Tie.office_id.in_(offices))
    return or_(
        Message.office_id.in_(offices),
        and_(Message.office_id.is_(None), Message.person_id.in_(known)),
    )


def _listed(wanted: list[ColumnElement[bool]]) -> Any:
    shown = (joinedload(Message.person), joinedload(Message.office))
    return select(Message).where(*wanted).order_by(Message.id.desc()).options(*shown)
