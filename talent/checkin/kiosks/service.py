"""Kiosks: registered by a coordinator, paired with a tablet once, revoked at once."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import select

from talent import audit, seal
from talent.access import NOBODY, Permission
from talent.audit import Act
from talent.checkin import service as day
from talent.checkin.kiosks.models import Kiosk
from talent.db import db, locked
from talent.errors import NotFound, Refused
from talent.offices import service as offices
from talent.rules.reason import N_
from talent.shifts.attendees import service as attendees
from talent.shifts.models import Project, Signup

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from talent.access import Actor
    from talent.offices.models import Office
    from talent.shifts.attendees.service import Attendee
    from talent.shifts.models import Shift

PURPOSE = "cookie of a kiosk"
PAIRING_HOLDS = timedelta(minutes=15)


class Unpaired(StrEnum):
    """Why a tablet does not become a kiosk."""

    WRONG = N_("This code opens nothing, or its fifteen minutes are over.")


@dataclass(frozen=True, slots=True)
class Board:
    """One shift on the kiosk, and who has a place on it."""

    shift: Shift
    attendees: list[Attendee]
    opens_at: datetime
    acts: tuple[str, ...]


def register(office: Office, name: str, *, actor: Actor, now: datetime) -> Kiosk:
    """A new kiosk, for which a tablet may be opened."""
    kiosk = Kiosk(
        office_id=office.id,
        name=name,
        made_by=actor.account_id,
        made_at=now,
        pairing_at=now,
    )
    db.session.add(kiosk)
    db.session.flush()
    _write(kiosk, actor, now, registered=name)
    return kiosk


def kiosks_of(office: Office) -> Sequence[Kiosk]:
    """All of the office's, those in use first."""
    query = select(Kiosk).where(Kiosk.office_id == office.id)
    return db.session.scalars(query.order_by(Kiosk.revoked_at.is_not(None), Kiosk.id)).all()


def visible_kiosk(actor: Actor, kiosk_id: int) -> Kiosk:
    """A kiosk of the actor's offices, or `NotFound`."""
    mine = offices.seen(actor, Permission.PLAN_SHIFTS)
    query = select(Kiosk).where(Kiosk.id == kiosk_id, Kiosk.office_id.in_(mine))
    if (kiosk := db.session.scalars(query).one_or_none()) is None:
        raise NotFound
    return kiosk


def open_pairing(kiosk: Kiosk, *, actor: Actor, now: datetime) -> None:
    """Another tablet may take this one's place, for fifteen minutes."""
    if kiosk.revoked_at:
        raise NotFound
    kiosk.pairing_at = now
    _write(kiosk, actor, now, pairing=1)


def pairing_code(kiosk: Kiosk, now: datetime) -> str | None:
    """What is typed on the tablet, as long as it holds: the number of the kiosk and eight signs."""
    if kiosk.revoked_at or not kiosk.pairing_at or now >= kiosk.pairing_at + PAIRING_HOLDS:
        return None
    text = f"{kiosk.id} {kiosk.pairing_at.isoformat()}"
    digest = bytes.fromhex(seal.blind_index("pairing of a kiosk", text))
    signs = base64.b32encode(digest).decode()[:8]
    return f"{kiosk.id}-{signs[:4]}-{signs[4:]}"


def paired(typed: str, *, now: datetime) -> str:
    """The tablet becomes the kiosk: what its cookie has to hold. A code works once."""
    number, _, signs = typed.strip().upper().replace(" ", "").partition("-")
    try:
        kiosk = locked(Kiosk, int(number) if number.isdecimal() and len(number) < 10 else 0)  # noqa: PLR2004
    except NotFound:
        raise Refused([Unpaired.WRONG]) from None
    asked = pairing_code(kiosk, now)
    given = signs.replace("-", "").encode()
    if not asked or not hmac.compare_digest(
        asked.partition("-")[2].replace("-", "").encode(), given
    ):
        raise Refused([Unpaired.WRONG])
    token = secrets.token_urlsafe(24)
    kiosk.digest, kiosk.paired_at, kiosk.pairing_at = _digest(token), now, None
    _write(kiosk, NOBODY, now, paired=1)
    return seal.sign(PURPOSE, [kiosk.id, token])


def of_cookie(cookie: str) -> Kiosk:
    """The kiosk that sends this cookie, or `NotFound`: unknown, replaced or revoked."""
    number, token = seal.signed(PURPOSE, cookie) or (0, "")
    kiosk = db.session.get(Kiosk, number)
    if kiosk is None or kiosk.revoked_at or not kiosk.digest:
        raise NotFound
    if not hmac.compare_digest(kiosk.digest, _digest(token)):
        raise NotFound
    return kiosk


def revoke(kiosk: Kiosk, *, actor: Actor, now: datetime) -> None:
    """From now on the tablet sees nothing."""
    if kiosk.revoked_at is None:
        kiosk.revoked_at, kiosk.digest, kiosk.pairing_at = now, None, None
        _write(kiosk, actor, now, revoked=1)


def boards(kiosk: Kiosk, now: datetime) -> list[Board]:
    """Today's shifts of the kiosk's office, and nothing else."""
    shifts = day.shifts_today(Project.office_id == kiosk.office_id, now=now)
    seated = attendees.of_signups(day.seats(shifts=shifts), now)
    opens = attendees.opening_of(shifts, now)
    return [
        Board(
            shift,
            [each for each in seated if each.signup.shift_id == shift.id],
            opens[shift.id],
            day.acts_of(shift),
        )
        for shift in shifts
    ]


def seat(kiosk: Kiosk, signup_id: int, now: datetime) -> Attendee:
    """Somebody on the kiosk's board, or `NotFound`."""
    shifts = day.shifts_today(Project.office_id == kiosk.office_id, now=now)
    held = attendees.of_signups(day.seats(Signup.id == signup_id, shifts=shifts), now)
    if not held:
        raise NotFound
    return held[0]


def _write(kiosk: Kiosk, actor: Actor, now: datetime, **facts: str | int) -> None:
    audit.record(Act.KIOSK_CHANGED, kiosk, actor=actor, now=now, office_id=kiosk.office_id, **facts)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
