"""How the district counts: a profile of one community, and a draft of the district in the lab."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from talent.access import SYSTEM
from talent.lab import service as lab
from talent.lab.recount import recount
from talent.offices import settings
from talent.offices.models import Setting
from talent.rules.volunteering import ActivityKind
from talent.shifts.projects import service as projects

if TYPE_CHECKING:
    from talent.demo.stage import District

PROFILE = {
    Setting.NIGHT_PERCENT: 150,
    Setting.HOLIDAY_PERCENT: 200,
    Setting.ROUNDING_UNIT: "30",
}
TRIED_DAYS = 35


def begin(district: District) -> None:
    """Before anything is recorded: the second community weighs nights and holidays for awards."""
    office, begun = district.communities[1], district.begun
    day = begun.date()
    for setting, value in PROFILE.items():
        settings.set_rule(
            office, setting, value, valid_from=day, today=day, actor=SYSTEM, now=begun
        )


def play(district: District) -> None:
    """A meeting that can be planned and gives no hours; another profile, tried on five weeks."""
    _meeting(district)
    day = district.day
    lab.draft(
        district.root,
        name="每天最多计两小时",
        note="试算：过长的一天是否仍应全部计入",
        changed={Setting.COUNTED_MINUTES: 120, Setting.NIGHT_PERCENT: 150},
        valid_from=day + timedelta(days=14),
        first_day=day - timedelta(days=TRIED_DAYS),
        last_day=day - timedelta(days=1),
        actor=SYSTEM,
        now=district.now,
    )
    if number := lab.claim(district.now):
        lots = recount(lab.trial(number), district.now)
        lab.finish(number, [one for _, found in lots for one in found], district.now)


def _meeting(district: District) -> None:
    office = district.communities[0]
    known = projects.projects(SYSTEM, state=None)
    category = known[0].category_id if known else None
    if category is not None:
        projects.add(
            actor=SYSTEM, now=district.now, office_id=office.id, audience_id=office.id,
            category_id=category, name="志愿者骨干例会", name_en="Meeting of lead volunteers",
            content="每月一次，交流下月安排", place="社区会议室", person_in_charge="王主任",
            risks="无", safeguards="无", kind=ActivityKind.MEETING,
        )  # fmt: skip
