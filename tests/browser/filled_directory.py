"""What the pages of the directory have on them: filters, columns, an act that left one out."""

from __future__ import annotations

import scene

from talent import clock
from talent.db import writing
from talent.directory import columns
from talent.directory.acts import service as acts
from talent.directory.acts.service import Meant
from talent.directory.columns import Shown
from talent.directory.filters import Wanted
from talent.directory.models import ManyKind
from talent.directory.saved import service as saved
from talent.people.models import RegistrationState


def fill(place):
    """Filters of one's own and shared ones, and an act upon all; what their addresses need."""
    actor, now, today = place.administrator.actor, clock.now(), scene.today()
    everybody, kind = Meant(Wanted()), ManyKind.RESUME
    wish = {"reason": "汛期已过", "office": 0}
    with writing():
        columns.choose([each for each in Shown if each is not Shown.EMAIL], actor=actor)
        paused = Wanted(state=RegistrationState.PAUSED)
        kept = saved.save("暂停的人", paused, office_id=place.office.id, actor=actor, now=now)
        seen = acts.preview(kind, wish, everybody, actor=actor, today=today).mark
        act = acts.confirm(
            kind, wish, everybody, title="汛期已过", seen=seen, once="", actor=actor, now=now,
            today=today,
        )  # fmt: skip
        return {"filter_id": kept.id, "act_id": act.id}
