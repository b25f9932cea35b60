"""Who signed an older version of an agreement hears of the new one, once, a piece at a time."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import String, cast, exists, literal

from talent.db import db
from talent.messages.models import Message, MessageKind
from talent.messages.service import tell
from talent.people.agreements import service as agreements
from talent.people.models import Person

if TYPE_CHECKING:
    from datetime import datetime

PIECE = 500  # people in one run, so that no transaction is long
SINCE = timedelta(days=30)


def tell_renewed(*, now: datetime, most: int = PIECE) -> int:
    """Tell the next of them; whoever has the message already is not looked at again."""
    told = 0
    for agreement, signers in agreements.renewed(now - SINCE):
        head = f"{MessageKind.AGREEMENT_RENEWED}:{agreement.id}:"
        known = exists().where(Message.once == literal(head) + cast(Person.id, String))
        for person in db.session.scalars(signers.where(~known).limit(most - told)).all():
            office = agreement.office
            message = tell(
                MessageKind.AGREEMENT_RENEWED,
                once=f"{agreement.id}:{person.id}",
                now=now,
                person=person,
                office_id=office.id,
                facts={
                    "of": {"name_zh": office.name_zh, "name_en": office.name_en},
                    "path": f"/people/agreements/{agreement.id}",
                },
            )
            told += message is not None
        if told >= most:
            break
    return told
