"""How attendance on a shift is taken, instead of as its project and its office have it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from talent import audit
from talent.audit import Act
from talent.errors import Refused
from talent.rules import changes
from talent.shifts.places import service as places

if TYPE_CHECKING:
    from datetime import datetime

    from talent.access import Actor
    from talent.rules.attendance import SignMode
    from talent.shifts.models import Shift


def change(
    shift: Shift,
    *,
    mode: SignMode | None,
    early_minutes: int | None,
    late_minutes: int | None,
    actor: Actor,
    now: datetime,
) -> None:
    """Another mode, other windows; None is as the project or the office has it."""
    shift = places.held(shift.id)
    if refused := changes.refusals_to_sign_otherwise(shift.starts_at, now):
        raise Refused(refused)
    shift.mode, shift.early_minutes, shift.late_minutes = mode, early_minutes, late_minutes
    audit.record(
        Act.SHIFT_CHANGED, shift, actor=actor, now=now, office_id=shift.project.office_id,
        mode=mode.value if mode else None, early=early_minutes, late=late_minutes,
    )  # fmt: skip
