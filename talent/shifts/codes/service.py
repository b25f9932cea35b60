"""The changing code of a shift: shown, checked, and what remains of a scan."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from talent import seal
from talent.errors import Refused
from talent.offices.models import Setting
from talent.rules import codes as law
from talent.shifts.eligibility import service as eligibility

if TYPE_CHECKING:
    from talent.rules.reason import Because
    from talent.shifts.models import Shift

PURPOSE = "scan of a door"


def shown(shift: Shift, now: datetime) -> str:
    """The code that the leader's phone shows now."""
    return law.code(_secret(shift), law.window(now))


def scanned(shift: Shift, code: str, now: datetime) -> str:
    """What proves later that the code was read now. An expired one is `Refused`."""
    if refused := law.refusals_to_scan(_secret(shift), code, now):
        raise Refused(refused)
    return seal.sign(PURPOSE, [shift.scan_token, now.timestamp()])


def asked(shift: Shift, now: datetime) -> bool:
    """Whether the office takes nothing but the changing code."""
    told = eligibility.settings_for([shift], now)[shift.project.office_id]
    return bool(told[Setting.SCAN_CODE] == "rotating")


def refusals(shift: Shift, proof: str, now: datetime) -> list[Because]:
    """What is against signing in or out by oneself, as far as the code at the door goes."""
    if not asked(shift, now):
        return []
    token, at = seal.signed(PURPOSE, proof) or (None, 0)
    mine = token == shift.scan_token
    return law.refusals_of_scan(datetime.fromtimestamp(at, UTC) if mine else None, now)


def _secret(shift: Shift) -> bytes:
    return seal.blind_index("code at the door", shift.scan_token).encode()
