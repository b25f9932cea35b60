"""What runs Talent, for pages that are looked at: a worker, jobs that went well and ill, an act."""

from __future__ import annotations

from datetime import timedelta

import make

from talent import audit, clock
from talent.audit import Act
from talent.db import db, writing
from talent.messages.models import JobRun
from talent.operation import beats


def fill(place):
    """Rows for the page of queues and jobs, and the number of an act of the office."""
    now = clock.now()
    well = {"started_at": now, "finished_at": now, "every_s": 60, "took_ms": 40}
    if db.session.get(JobRun, "shifts.remind") is None:  # jobs are of no office
        make.saved(JobRun(name="shifts.remind", result="3 reminded", **well))
    with writing():
        beats.beat("web1:77:abc", version="1a2b3c4d5e", leads=True, now=now)
        beats.beat("web2:8:def", version="1a2b3c4d5e", leads=False, now=now - timedelta(hours=1))
        beats.begun("messages.deliver", timedelta(seconds=10), now)
        beats.ended("messages.deliver", now, error=OSError(111, "Connection refused"))
        entry = audit.record(
            Act.SHIFT_CHANGED, "shift:1", actor=place.administrator.actor, now=now,
            office_id=place.office.id, fields=["starts_at"],
        )  # fmt: skip
    return {"entry_id": entry.id}
