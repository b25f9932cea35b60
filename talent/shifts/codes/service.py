"""The changing code of a shift: shown, checked, and what remains of a scan."""

from __future__ import annotations

from typing import TYPE_CHECKING

from talent.codes import Door
from talent.errors import Refused
from talent.offices.models import Setting
from talent.rules import codes as law
from talent.rules.reason import Because
from talent.shifts.eligibility import service as eligibility

if TYPE_CHECKING:
    from datetime import datetime

    from talent.shifts.eligibility.service import Settings
    from talent.shifts.models import Shift


def shown(shift: Shift, now: datetime) -> str:
    """The code that the leader's phone shows now."""
    return _door(shift).shown(now)


def scanned(shift: Shift, code: str, person_id: int | None, now: datetime) -> str:
    """What proves later that the code was read now. An expired one is `Refused`."""
    if (proof := _door(shift).scanned(code, now, person_id)) is None:
        raise Refused([Because(law.Uncoded.EXPIRED)])
    return proof


def asked(shift: Shift, now: datetime, told: Settings | None = None) -> bool:
    """Whether the office takes nothing but the changing code."""
    told = told or eligibility.settings_for([shift], now)[shift.project.office_id]
    return bool(told[Setting.SCAN_CODE] == "rotating")


def bound(shift: Shift, proof: str, person_id: int) -> str | None:
    """What a scan left behind, with the name of who holds it; None when it has one."""
    return _door(shift).bound(proof, person_id)


def refusals(
    shift: Shift, proof: str, person_id: int, now: datetime, *, used_at: datetime | None = None
) -> list[Because]:
    """What is against signing in or out by oneself, as far as the code at the door goes."""
    if not asked(shift, now):
        return []
    return law.refusals_of_scan(_door(shift).scanned_at(proof, person_id), now, used_at)


def _door(shift: Shift) -> Door:
    return Door("code at the door", shift.scan_token)
