"""The page of workload: a month of an office and all below it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import render_template, url_for
from htmx_flask import request

from talent.access import Permission, allow
from talent.i18n import named
from talent.indicators import service as tree_of
from talent.indicators.caseload import service
from talent.indicators.ceilings.service import kinds
from talent.indicators.counts.views import columns_of, month_asked
from talent.rules.indicators import shown
from talent.sheets.writing import written
from talent.web import actor, ids

if TYPE_CHECKING:
    from decimal import Decimal

    from talent.web import Answer


@allow(Permission.SEE_STAFFING)
def index() -> Answer:
    """A month of an office and all below it: how much for each worker, and who has too much."""
    tree = tree_of.tree(actor())
    if not tree.offices:
        return render_template("indicators/workload.html", told=None)
    office = tree.of(request.args.get("office", type=int))
    month = month_asked(office)
    told = service.month_of(actor(), tree, office, month)
    after = next(iter(ids([request.args.get("after", "")])), None)
    workers, last = service.page_of(told.workers, after)
    history = service.history(tree, office, month)
    return render_template(
        "indicators/workload.html",
        told=told,
        workers=workers,
        next_url=url_for(".workload", office=office.id, month=f"{month:%Y-%m}", after=last)
        if last
        else "",
        history=history,
        series=[
            {
                "label": named(kind),
                "points": [_each(loads.get(kind.id)) for _when, loads in history],
            }
            for kind in told.kinds
        ],
        kinds={each.id: each for each in kinds(actor(), closed=True)},
        office=office,
        offices=tree.offices,
        month=month,
        columns_of=columns_of,
        shown=shown,
        written=written,
        edits=actor().may(Permission.EDIT_STAFFING, office.path),
    )


def _each(past: service.Past | None) -> Decimal | None:
    return None if past is None else shown(past.for_each)
