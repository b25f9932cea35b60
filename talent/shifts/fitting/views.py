"""The page of the shifts that suit a volunteer."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from flask import render_template
from htmx_flask import request

from talent import clock
from talent.access import Permission, Scope, allow
from talent.shifts.fitting import service
from talent.shifts.projects.service import conditions
from talent.web import actor

if TYPE_CHECKING:
    from collections.abc import Sequence

    from talent.shifts.fitting.service import Barred, Suitable
    from talent.web import Answer

One = TypeVar("One", "Suitable", "Barred")
GLIMPSE = 5  # of those that are barred, below those to take


@allow(Permission.SIGNED_IN, Scope.MEMBERS)
def for_me() -> Answer:
    """What I may take, the best fit first; and what not yet, with the reasons and the ways."""
    now, later = clock.now(), request.args.get("later", type=int)
    found = service.for_me(actor(), now=now)
    suitable, more = _page(found.suitable, request.args.get("after", type=int))
    barred, more_barred = _page(found.barred, later)
    if later is None:
        barred, more_barred = found.barred[:GLIMPSE], None
    return render_template(
        "shifts/for_me.html",
        suitable=suitable,
        more=more,
        barred=service.hurdles(barred, actor().person_id or 0, now),
        all_barred=len(found.barred),
        only_barred=later is not None,
        more_barred=more_barred,
        wish=found.wish,
        conditions=conditions,
    )


def _page(found: Sequence[One], after: int | None) -> tuple[Sequence[One], int | None]:
    """The part behind the shift `after`, and the shift behind which the next part begins."""
    ids = [each.card.shift.id for each in found]
    start = ids.index(after) + 1 if after in ids else 0
    end = start + service.PAGE
    return found[start:end], ids[end - 1] if len(found) > end else None
