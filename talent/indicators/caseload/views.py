"""The pages of workload: a month of an office, its sheet, kinds and ceilings."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from flask import render_template, url_for
from htmx_flask import request

from talent import clock
from talent.access import Permission, Scope, allow
from talent.errors import NotFound, Refused
from talent.i18n import DEFAULT_ZONE, named, ngettext
from talent.i18n import gettext as _
from talent.indicators import service as tree_of
from talent.indicators.caseload import service
from talent.indicators.caseload.forms import FIELDS, CeilingForm, KindForm, cell, sheet_form
from talent.indicators.definitions.forms import EVERYBODY, EndForm
from talent.indicators.forms import unit_of
from talent.offices import service as offices
from talent.rules.indicators import shown
from talent.sheets.writing import written
from talent.staffing.standards.service import sets_for_all
from talent.web import actor, done, form_page, ids

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

    from talent.indicators.models import WorkKind
    from talent.offices.models import Office
    from talent.web import Answer


@allow(Permission.SEE_STAFFING)
def index() -> Answer:
    """A month of an office and all below it: how much for each worker, and who has too much."""
    tree = tree_of.tree(actor())
    if not tree.offices:
        return render_template("indicators/workload.html", told=None)
    office = tree.of(request.args.get("office", type=int))
    month = _month(office)
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
        kinds={each.id: each for each in service.kinds(actor(), closed=True)},
        office=office,
        offices=tree.offices,
        month=month,
        columns_of=columns_of,
        shown=shown,
        written=written,
        edits=actor().may(Permission.EDIT_STAFFING, office.path),
    )


@allow(Permission.EDIT_STAFFING)
def enter() -> Answer:
    """The sheet of a month: a row for each worker, a column for each kind."""
    mine = offices.offices_of(actor(), Permission.EDIT_STAFFING)
    office = offices.visible_office(
        actor(), Permission.EDIT_STAFFING, request.args.get("office", mine[0].id, type=int)
    )
    month = _month(office)
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
        all_kinds=service.kinds(actor()),
        cell=cell,
        columns_of=columns_of,
        again=again,
    )


@allow(Permission.SEE_STAFFING)
def ceilings() -> Answer:
    """The kinds of work and the most of each."""
    found = service.kinds(actor(), closed=True)
    edits = actor().may(Permission.EDIT_STAFFING)
    rows = [one for each in found for one in each.ceilings]
    return render_template(
        "indicators/ceilings.html",
        kinds=found,
        names={each.id: each for each in found},
        today=clock.today(DEFAULT_ZONE),
        edits=edits,
        own=service.keeps(actor(), rows) if edits else (),
        last_day=service.last_day,
        caps_of=service.caps_of,
        unit_of=unit_of,
    )


@allow(Permission.EDIT_STAFFING, Scope.HOUSE)
def new_kind() -> Answer:
    """Begin to count a kind of work."""
    form = KindForm(offices=offices.offices_of(actor(), Permission.EDIT_STAFFING))
    if form.validate_on_submit():
        office = _office(form.office.data)
        service.add_kind(office, form.stated, actor=actor(), now=clock.now())
        return done(url_for(".ceilings"), _("The kind of work is on record."))
    return form_page("indicators/work_kind.html", form=form)


@allow(Permission.EDIT_STAFFING)
def new_ceiling(kind_id: int) -> Answer:
    """Set the most of a kind; what a scheme names fills the form."""
    row = service.kind(actor(), kind_id)
    others = [each for each in service.kinds(actor()) if each.id != row.id]
    form = CeilingForm(
        offices=offices.offices_of(actor(), Permission.EDIT_STAFFING),
        everybody=sets_for_all(actor()),
        others=others,
        valid_from=clock.today(DEFAULT_ZONE),
        **_of_scheme(row.code, {each.code: each.id for each in others}),
    )
    if form.validate_on_submit():
        office = None if form.office.data == EVERYBODY else _office(form.office.data)
        try:
            service.set_ceiling(row, office, form.stated, actor=actor(), now=clock.now())
        except Refused as refusal:
            form.refuse(refusal, FIELDS)
        else:
            return done(url_for(".ceilings"), _("The ceiling is set."))
    return form_page("indicators/ceiling.html", form=form, kind=row, unit_of=unit_of)


@allow(Permission.EDIT_STAFFING)
def end_ceiling(ceiling_id: int) -> Answer:
    """Say on which day a ceiling holds for the last time."""
    row = service.ceiling(actor(), ceiling_id)
    form = EndForm(last_day=service.last_day(row) or clock.today(DEFAULT_ZONE))
    if form.validate_on_submit():
        try:
            service.end_ceiling(row, last_day=form.last_day.data, actor=actor(), now=clock.now())
        except Refused as refusal:
            form.refuse(refusal, FIELDS)
        else:
            return done(url_for(".ceilings"), _("The end of the ceiling is on record."))
    return form_page("indicators/ceiling_end.html", form=form, ceiling=row)


def columns_of(kinds: Sequence[WorkKind], *, num: bool = True) -> list[dict[str, Any]]:
    """A column for each kind, of figures or of fields."""
    return [{"label": named(kind), "num": num} for kind in kinds]


def _each(past: service.Past | None) -> Decimal | None:
    return None if past is None else shown(past.for_each)


def _of_scheme(code: str, others: dict[str, int]) -> dict[str, Any]:
    cap = service.cap(request.args.get("scheme", ""))
    if cap is None or cap.kind != code:
        return {}
    return {
        "most": cap.most,
        "beside": others.get(cap.beside or "", 0),
        "beside_most": cap.beside_most,
        "source": cap.source,
        "sure": cap.sure.value,
    }


def _month(office: Office) -> date:
    """The month that is asked for: this one, unless the address names another."""
    today = clock.today(office.zone)
    asked = request.args.get("month", "")
    if not asked:
        return today.replace(day=1)
    try:
        month = date.fromisoformat(f"{asked[:7]}-01")
    except ValueError:
        raise NotFound from None
    if not service.FIRST_YEAR <= month.year <= today.year + 1:
        raise NotFound
    return month


def _office(number: int) -> Office:
    return offices.visible_office(actor(), Permission.EDIT_STAFFING, number)
