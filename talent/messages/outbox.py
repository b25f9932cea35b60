"""How a message leaves: claimed, handed over, sent, each step kept before the next is taken.

WAITING → CLAIMED (a worker prepares it, until its lease ends) → HANDED (committed just before the
mail server gets it) → SENT. A crash in CLAIMED is repeated after the lease; a crash in HANDED never
is, as the mail may be out: it is shown to the office, which may send it again.
"""

from __future__ import annotations

from datetime import time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, or_, select, update

from talent import clock
from talent.db import db, locked
from talent.i18n import DEFAULT_ZONE
from talent.messages.models import AT_ONCE, ESSENTIAL, Message, MessageState, Stopped, Trouble
from talent.offices.models import SETTINGS, Office, Setting
from talent.offices.service import settings_of
from talent.rules.quiet import QuietHours, deferred

if TYPE_CHECKING:
    from datetime import datetime

LEASE = timedelta(minutes=10)
BACK_OFF = tuple(timedelta(minutes=m) for m in (1, 5, 15, 60, 240))


def claim(worker: str, *, now: datetime, most: int) -> list[int]:
    """Take due messages for this worker alone, until the lease ends; the ids to send, in order.

    What is of no more use is dropped, what falls into quiet hours is put off.
    """
    _doubt(now)
    due = or_(
        and_(Message.state == MessageState.WAITING, Message.due_at <= now),
        and_(Message.state == MessageState.CLAIMED, Message.claimed_until <= now),
    )
    query = (
        select(Message)
        .where(due)
        .order_by(Message.id)  # as it happened, however often some were put off meanwhile
        .limit(most)
        .with_for_update(skip_locked=True, of=Message)
        .execution_options(populate_existing=True)
    )
    taken = []
    quiet: dict[int | None, tuple[ZoneInfo, QuietHours]] = {}
    for message in db.session.scalars(query).all():
        if (trouble := _useless(message, now)) is not None:
            message.state, message.trouble, message.secret = MessageState.DROPPED, trouble, None
        elif (later := _audible(message, now, quiet)) > now:
            message.state, message.due_at = MessageState.WAITING, later
        else:
            message.state, message.claimed_by = MessageState.CLAIMED, worker
            message.claimed_until = now + LEASE
            taken.append(message.id)
    return taken


def hand(message_id: int, worker: str, *, now: datetime) -> bool:
    """Say that the server is about to get it. False: another worker has it, or it was withdrawn."""
    mine = and_(
        Message.id == message_id,
        Message.state == MessageState.CLAIMED,
        Message.claimed_by == worker,
    )
    return bool(move(mine, MessageState.HANDED, claimed_until=now + LEASE, answer=None))


def sent(message_id: int, worker: str, *, now: datetime) -> None:
    """The server has it."""
    fresh = {"sent_at": now, "trouble": None, "answer": None, "secret": None}
    move(_mine(message_id, worker), MessageState.SENT, **fresh)


def doubt(message_id: int, worker: str, *, answer: str) -> None:
    """The server may have it."""
    known = {"trouble": Trouble.NOT_CONFIRMED, "answer": answer, "secret": None}
    move(_mine(message_id, worker), MessageState.HANDED, **known)


def failed(
    message_id: int,
    worker: str,
    trouble: Trouble,
    *,
    now: datetime,
    answer: str | None = None,
    for_good: bool = False,
) -> None:
    """The server has not got it: another try after a while, or never."""
    message = locked(Message, message_id)
    if message.claimed_by != worker or message.state is MessageState.DROPPED:
        return
    message.tries += 1
    message.trouble, message.answer = trouble, answer
    if for_good or message.tries > len(BACK_OFF):
        message.state, message.secret = MessageState.DEAD, None
    else:
        message.state = MessageState.WAITING
        message.due_at = now + BACK_OFF[message.tries - 1]


def move(which: ColumnElement[bool], state: MessageState, **more: Any) -> int:
    """Move all of `which` that are so at this moment; the number moved."""
    moved = update(Message).where(which).values(state=state, **more).returning(Message.id)
    return len(db.session.scalars(moved).all())


def _mine(message_id: int, worker: str) -> ColumnElement[bool]:
    return and_(
        Message.id == message_id,
        Message.state == MessageState.HANDED,
        Message.claimed_by == worker,
    )


def _doubt(now: datetime) -> None:
    """What was handed over by a worker that is gone: said to the office, its secret wiped."""
    lapsed = and_(
        Message.state == MessageState.HANDED,
        Message.claimed_until <= now,
        Message.trouble.is_distinct_from(Trouble.NOT_CONFIRMED),
    )
    move(lapsed, MessageState.HANDED, trouble=Trouble.NOT_CONFIRMED, secret=None)


def _useless(message: Message, now: datetime) -> Trouble | None:
    if message.useless_after is not None and message.useless_after <= now:
        return Trouble.TOO_LATE
    if message.kind in ESSENTIAL or message.person_id is None:
        return None
    unwanted = db.session.get(Stopped, (message.person_id, message.kind))
    return Trouble.STOPPED if unwanted else None


def _audible(
    message: Message,
    now: datetime,
    known: dict[int | None, tuple[ZoneInfo, QuietHours]],
) -> datetime:
    """When it may go out: now, or when the quiet hours of the office end."""
    if message.kind in AT_ONCE:
        return now
    if message.office_id not in known:
        known[message.office_id] = _quiet(message.office, now)
    zone, quiet = known[message.office_id]
    return deferred(now, zone, quiet, before=message.useless_after)


def _quiet(office: Office | None, now: datetime) -> tuple[ZoneInfo, QuietHours]:
    zone = office.zone if office else DEFAULT_ZONE
    told = settings_of(office, on=clock.today(zone, now)) if office else SETTINGS
    start, end = (time.fromisoformat(told[s]) for s in (Setting.QUIET_FROM, Setting.QUIET_TO))
    return ZoneInfo(zone), QuietHours(start, end)
