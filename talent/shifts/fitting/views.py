"""The page of the shifts that suit a volunteer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import render_template
from htmx_flask import request

from talent import clock
from talent.access import Permission, Scope, allow
from talent.shifts.fitting import service
from talent.web import actor

if TYPE_CHECKING:
    from collections.abc import Sequence

    from talent.shifts.fitting.service import Barred
    from talent.web import Answer

GLIMPSE = 5  # of those that are barred, below those to take
LATER = 20  # on a page of theirs


@allow(Permission.SIGNED_IN, Scope.MEMBERS)
def for_me() -> Answer:
    """What I may take, the best fit first; and what not yet, with the reasons and the ways."""
    now, own = clock.now(), actor().person_id or 0
    if (later := request.args.get("later", type=int)) is not None:
        every = service.not_yet(actor(), now=now)
        barred, more = _page(every, later)
        found = service.ForMe([], barred)
    else:
        found = service.for_me(actor(), now=now, after=request.args.get("after", type=int))
        barred, more = found.barred[:GLIMPSE], found.after
    return render_template(
        "shifts/for_me.html",
        found=found,
        barred=service.hurdles(barred, own, now),
        only_barred=later is not None,
        more=more,
    )


def _page(found: Sequence[Barred], after: int) -> tuple[list[Barred], int | None]:
    """The part behind the shift `after`, and the shift behind which the next part begins."""
    ids = [each.shift.id for each in found]
    start = ids.index(after) + 1 if after in ids else 0
    end = start + LATER
    return list(found[start:end]), ids[end - 1] if len(found) > end else None
