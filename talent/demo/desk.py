"""What stands at the door in the demonstration: a kiosk for which a tablet can be opened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from talent.access import SYSTEM
from talent.checkin.kiosks import service as kiosks

if TYPE_CHECKING:
    from talent.demo.stage import District


def play(district: District) -> None:
    """At the first community."""
    kiosks.register(district.communities[0], "社区食堂门口", actor=SYSTEM, now=district.now)
