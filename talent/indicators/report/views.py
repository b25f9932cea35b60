"""The pages of the report: a year of an office, on paper, as a workbook; one indicator."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Response, render_template
from htmx_flask import request

from talent import clock
from talent.access import Permission, allow
from talent.errors import NotFound
from talent.indicators import service as tree_of
from talent.indicators.definitions import service as definitions
from talent.indicators.forms import unit_of
from talent.indicators.report import service, writing
from talent.sheets.writing import XLSX_TYPE, written
from talent.web import actor

if TYPE_CHECKING:
    from datetime import date

    from talent.indicators.report.service import Report
    from talent.indicators.service import Tree
    from talent.offices.models import Office
    from talent.web import Answer


@allow(Permission.SEE_STAFFING)
def index() -> Answer:
    """A year of an office: every indicator, its target, and each office below."""
    tree = tree_of.tree(actor())
    if not tree.offices:
        return render_template("indicators/index.html", report=None)
    report, today = _report(tree)
    return render_template(
        "indicators/index.html",
        report=report,
        tree=tree,
        years=range(today.year, today.year - service.TREND_YEARS, -1),
        written=written,
        unit_of=unit_of,
        edits=actor().may(Permission.EDIT_STAFFING, report.office.path),
    )


@allow(Permission.SEE_STAFFING)
def sheet() -> Answer:
    """The same as a workbook."""
    report, _ = _report(tree_of.tree(actor()))
    return _file(writing.sheet(report), XLSX_TYPE, f"indicators-{_name(report)}.xlsx")


@allow(Permission.SEE_STAFFING)
def paper() -> Answer:
    """The same on A4."""
    report, today = _report(tree_of.tree(actor()))
    body = writing.paper(report, printed_on=today)
    return _file(body, "application/pdf", f"indicators-{_name(report)}.pdf")


@allow(Permission.SEE_STAFFING)
def show(indicator_id: int) -> Answer:
    """One indicator: at each office, over the years, and the rows behind the figure."""
    tree = tree_of.tree(actor())
    indicator = definitions.indicator(actor(), indicator_id)
    office, today = _office(tree)
    on = request.args.get("on", today, service.readable_day)
    lines = service.over_offices(actor(), tree, indicator, office, on=on)
    return render_template(
        "indicators/show.html",
        indicator=indicator,
        tree=tree,
        office=office,
        on=on,
        line=lines[0],
        below=lines[1:],
        trend=service.over_years(actor(), tree, indicator, office, on=on),
        targets=service.targets_of(indicator),
        written=written,
        unit_of=unit_of,
        said=writing.said,
        edits=actor().may(Permission.EDIT_STAFFING, office.path),
    )


def _office(tree: Tree) -> tuple[Office, date]:
    """The office that is asked for, and today there."""
    if not tree.offices:
        raise NotFound
    office = tree.of(request.args.get("office", type=int))
    return office, clock.today(office.zone)


def _report(tree: Tree) -> tuple[Report, date]:
    office, today = _office(tree)
    on = service.end_of(request.args.get("year", today.year, type=int), today)
    found = definitions.indicators(actor())
    return service.yearly(actor(), tree, found, office, on=on), today


def _name(report: Report) -> str:
    return f"{report.office.id}-{report.year}"


def _file(body: bytes, media_type: str, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(body, mimetype=media_type, headers=headers)
