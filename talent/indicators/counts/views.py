"""The page on which a month is written."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from flask import url_for
from htmx_flask import request

from talent import clock
from talent.access import Permission, allow
from talent.errors import NotFound, Refused
from talent.i18n import named, ngettext
from talent.indicators.ceilings.service import kinds
from talent.indicators.counts import service
from talent.indicators.counts.forms import cell, sheet_form
from talent.offices import service as offices
from talent.web import actor, done, form_page, ids

if TYPE_CHECKING:
    from collections.abc import Sequence

    from talent.indicators.models import WorkKind
    from talent.offices.models import Office
    from talent.web import Answer

FIRST_YEAR = 2000


@allow(Permission.EDIT_STAFFING)
def enter() -> Answer:
    """The sheet of a month: a row for each worker, a column for each kind."""
    mine = offices.offices_of(actor(), Permission.EDIT_STAFFING)
    office = offices.visible_office(
        actor(), Permission.EDIT_STAFFING, request.args.get("office", mine[0].id, type=int)
    )
    month = month_asked(office)
    chosen = ids(request.args.getlist("kind"))
    grid = service.grid(actor(), office, month, chosen=chosen)
    again = request.args.get("from") == "before"
    form = sheet_form(grid, {**grid.before, **grid.written} if again else grid.written)
    if form.validate_on_submit():
        now = clock.now()
        today = clock.today(office.zone, now)
        try:
            changed = service.enter(grid, form.numbers(grid), actor=actor(), now=now, today=today)
        except Refused as refusal:
            form.refuse(refusal)
        else:
            said = ngettext("%(num)d count was changed.", "%(num)d counts were changed.", changed)
            there = url_for(".workload", office=office.id, month=f"{month:%Y-%m}")
            return done(there, said)
    return form_page(
        "indicators/workload_sheet.html",
        form=form,
        grid=grid,
        offices=mine,
        all_kinds=kinds(actor()),
        cell=cell,
        columns_of=columns_of,
        again=again,
    )


def columns_of(kinds: Sequence[WorkKind], *, num: bool = True) -> list[dict[str, Any]]:
    """A column for each kind, of figures or of fields."""
    return [{"label": named(kind), "num": num} for kind in kinds]


def month_asked(office: Office) -> date:
    """The month that is asked for: this one, unless the address names another."""
    today = clock.today(office.zone)
    asked = request.args.get("month", "")
    if not asked:
        return today.replace(day=1)
    try:
        month = date.fromisoformat(f"{asked[:7]}-01")
    except ValueError:
        raise NotFound from None
    if not FIRST_YEAR <= month.year <= today.year + 1:
        raise NotFound
    return month
