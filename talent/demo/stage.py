"""What of the demonstration has been made so far; every play goes on from it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from talent.clock import today

if TYPE_CHECKING:
    from datetime import date, datetime
    from random import Random

    from talent.offices.models import Office
    from talent.people.models import Person

BEGUN = timedelta(days=70)  # so long ago the district began


@dataclass
class District:
    """What has been made so far."""

    random: Random
    now: datetime
    root: Office
    streets: list[Office] = field(default_factory=list)
    communities: list[Office] = field(default_factory=list)
    volunteers: dict[int, list[Person]] = field(default_factory=dict)  # by community
    made: int = 0  # people, to number them

    @property
    def begun(self) -> datetime:
        """When it began."""
        return self.now - BEGUN

    @property
    def day(self) -> date:
        """Today on the wall of the district."""
        return today(self.root.zone, self.now)
