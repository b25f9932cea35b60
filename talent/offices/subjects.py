"""What the settings of an office are about: the parts in which their list is read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from talent.offices.models import Setting
from talent.rules.reason import N_

if TYPE_CHECKING:
    from collections.abc import Iterable

    from talent.offices.service import Told

# Each part begins with a setting and goes on, in their order, to the next one that begins a part.
BEGINS = {
    Setting.CANCEL_MINUTES: N_("Signing up and places"),
    Setting.SCAN_CODE: N_("Signing in and out"),
    Setting.SELF_APPROVED_MINUTES: N_("Approval and counting of hours"),
    Setting.REMINDER_MINUTES: N_("Messages and what is asked of volunteers"),
    Setting.ANSWER_DAYS: N_("Answers and open lists"),
    Setting.TIME_BANK: N_("Time bank"),
    Setting.RATING_LINK_DAYS: N_("Ratings"),
    Setting.SERVED_PER_WORKER: N_("Planning and doubts"),
}


def by_subject(told: Iterable[Told]) -> list[tuple[str, list[Told]]]:
    """The parts by their titles, each with what holds in it."""
    parts: list[tuple[str, list[Told]]] = []
    for each in told:
        if title := BEGINS.get(each.setting):
            parts.append((title, []))
        parts[-1][1].append(each)
    return parts
