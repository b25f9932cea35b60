"""The outbox: writing what is to be told, in the transaction of the act that caused it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from talent.db import db
from talent.messages.models import ESSENTIAL, Message, MessageKind, MessageState, Stopped

if TYPE_CHECKING:
    from datetime import datetime

    from talent.accounts.models import Account
    from talent.people.models import Person


def tell(
    kind: MessageKind,
    *,
    once: str,
    now: datetime,
    person: Person | None = None,
    account: Account | None = None,
    office_id: int | None = None,
    facts: dict[str, Any] | None = None,
    due_at: datetime | None = None,
    useless_after: datetime | None = None,
    secret: str | None = None,
) -> Message | None:
    """Put one message into the outbox. `once` names the event: a second one for it is None.

    `facts` are JSON values for the templates of the kind (moments as ISO text, paths of links).
    A reader without an address keeps the message in the list, where the office sees it.
    """
    key = f"{kind}:{once}"
    if db.session.scalar(select(Message.id).where(Message.once == key)) is not None:
        return None
    if person and kind not in ESSENTIAL and db.session.get(Stopped, (person.id, kind)):
        return None
    address = person.email if person else account.email if account else None
    if person and not address and account:
        address = account.email
    message = Message(
        kind=kind,
        once=key,
        person_id=person.id if person else account.person_id if account else None,
        account_id=account.id if account else None,
        office_id=office_id,
        address=address,
        language=reader.language if (reader := person or account) else "zh",
        facts=facts or {},
        secret=secret,
        state=MessageState.WAITING if address else MessageState.DEAD,
        trouble=None if address else "no address",
        made_at=now,
        due_at=due_at or now,
        useless_after=useless_after,
    )
    db.session.add(message)
    return message
