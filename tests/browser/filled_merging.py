"""What the pages of merging have on them: a pair that looks alike, and files that were joined."""

from __future__ import annotations

import make

from talent import clock
from talent.access import SYSTEM
from talent.db import writing
from talent.merging import finding, service
from talent.merging.plan import Wish


def fill(place):
    """Two pairs of one name and birth date, one of them joined; what their addresses need."""
    now, wish = clock.now(), Wish()
    first, second = (make.person("苏晓梅", at=place.office) for _ in range(2))
    target, source = (make.person("罗建国", at=place.office) for _ in range(2))
    make.record(source, place.office, 95)
    with writing():
        finding.compare_anew([first.id, second.id], now)
        why = "登记了两次"
        seen = service.outlook(source, target, wish, actor=SYSTEM, now=now, why=why).mark
        merge = service.join(
            source, target, wish, why=why, seen=seen, papers_seen=True, actor=SYSTEM, now=now
        )
        return {"first": first.id, "second": second.id, "merge_id": merge.id}
