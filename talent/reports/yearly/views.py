"""The pages of the yearly report: to look at and publish, on paper, as a workbook, for all."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from flask import Response, render_template, url_for
from htmx_flask import request

from talent import clock
from talent.access import Permission, allow
from talent.certificates import pdf
from talent.errors import NotFound
from talent.i18n import DEFAULT_ZONE, gettext, hours, language, named
from talent.offices import service as offices
from talent.reports.yearly import service
from talent.sheets.writing import XLSX_TYPE, write_xlsx
from talent.web import actor, done

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from talent.offices.models import Office
    from talent.sheets.writing import Value
    from talent.web import Answer

TEMPLATE = Path(__file__).parents[3] / "templates" / "reports" / "yearly.typ"


@allow(Permission.SEE_REPORTS)
def yearly() -> Answer:
    """The figures of one office and one year, as they are now or as they were published."""
    seen = offices.offices_of(actor(), Permission.SEE_REPORTS)
    office, year = _meant(seen[0])
    report = service.published(office.id, year)
    today = clock.today(office.zone)
    return render_template(
        "reports/yearly.html",
        office=office,
        offices=seen,
        year=year,
        years=service.years(office, until=today.year),
        figures=report.figures if report else service.figures(office, year),
        called=called,
        report=report,
        over=year < today.year,
    )


def _meant(otherwise: Office) -> tuple[Office, int]:
    number = request.args.get("office", otherwise.id, type=int)
    office = offices.visible_office(actor(), Permission.SEE_REPORTS, number)
    this = clock.today(office.zone)
    return office, _reported(request.args.get("year", this.year - 1, type=int), this)


def _reported(year: int, today: date) -> int:
    """A year of which there can be a report."""
    if not service.FIRST_YEAR <= year <= today.year:
        raise NotFound
    return year


@allow(Permission.EDIT_RULES)
def publish_yearly(office_id: int, year: int) -> Answer:
    """From now on everybody may read it, and it does not change."""
    office = offices.visible_office(actor(), Permission.EDIT_RULES, office_id)
    now = clock.now()
    today = clock.today(office.zone, now)
    service.publish(office, _reported(year, today), actor=actor(), now=now, today=today)
    here = url_for("reports.yearly", office=office.id, year=year)
    return done(here, gettext("The report is published. Everybody may read it."))


@allow(Permission.PUBLIC)
def public_yearly(office_id: int, year: int) -> Answer:
    """What an office published of a year."""
    report = service.public(office_id, year)
    return render_template(
        "reports/yearly_public.html", report=report, figures=report.figures, called=called
    )


@allow(Permission.SEE_REPORTS)
def yearly_export() -> Answer:
    """The figures as a workbook."""
    office, year, figures, _ = _counted()
    columns = [gettext("Figure"), gettext("Number"), gettext("In words")]
    body = write_xlsx(f"{year} {named(office)}", columns, rows(figures))
    return _file(body, XLSX_TYPE, f"yearly-{office.id}-{year}.xlsx")


@allow(Permission.SEE_REPORTS)
def yearly_pdf() -> Answer:
    """The figures on A4."""
    office, year, figures, day = _counted()
    return _file(printed(figures, day), "application/pdf", f"yearly-{office.id}-{year}.pdf")


@allow(Permission.PUBLIC)
def public_yearly_pdf(office_id: int, year: int) -> Answer:
    """What an office published of a year, on A4."""
    report = service.public(office_id, year)
    day = clock.today(report.office.zone, report.published_at)
    name = f"yearly-{office_id}-{year}.pdf"
    return _file(printed(report.figures, day), "application/pdf", name)


def _counted() -> tuple[Office, int, Mapping[str, Any], date | None]:
    seen = offices.offices_of(actor(), Permission.SEE_REPORTS)
    office, year = _meant(seen[0])
    if report := service.published(office.id, year):
        day = clock.today(office.zone, report.published_at)
        return office, year, report.figures, day
    return office, year, service.figures(office, year), None


def _file(body: bytes, media_type: str, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(body, mimetype=media_type, headers=headers)


def called(thing: Mapping[str, Any]) -> str:
    """The name of an office or a category as it was frozen, in the reader's language."""
    return named(SimpleNamespace(**thing))


def rows(figures: Mapping[str, Any]) -> list[list[Value]]:
    """What the report says, a figure a row: its name, the bare number, and time as time."""
    minutes, verified = figures["minutes"], figures["verified"]
    found: list[list[Value]] = [
        [gettext("Records of service"), figures["records"], None],
        [gettext("Service time (minutes)"), minutes, hours(minutes)],
        [gettext("System-verified (minutes)"), verified, hours(verified)],
        [gettext("Entered by hand (minutes)"), minutes - verified, hours(minutes - verified)],
        [gettext("Volunteers who served"), figures["volunteers"], None],
        [gettext("Recorded later than ten working days"), figures["late"], None],
        [gettext("Corrections asked for"), figures["asked"], None],
        [gettext("Corrections answered"), figures["answered"], None],
        [gettext("Answered in time"), figures["in_time"], None],
        [gettext("Certificates issued"), figures["issued"], None],
        [gettext("Certificates revoked"), figures["revoked"], None],
        [gettext("Certificates superseded by a correction"), figures["superseded"], None],
        [gettext("Checks of the ledger"), figures["proofs"], None],
        [gettext("Checks that found a fault"), figures["faults"], None],
    ]
    for each in figures["categories"]:
        name = called(each)
        found += [
            [gettext("%(category)s (minutes)", category=name), each["minutes"],
             hours(each["minutes"])],
            [gettext("%(category)s, system-verified (minutes)", category=name), each["verified"],
             hours(each["verified"])],
        ]  # fmt: skip
    return found


def printed(figures: Mapping[str, Any], day: date | None) -> bytes:
    """The report as a PDF, in the reader's language."""
    on = (day or clock.today(DEFAULT_ZONE)).isoformat()
    said = {"figures": figures, "published": day.isoformat() if day else None, "on": on}
    text = json.dumps(said | {"language": language()}, ensure_ascii=False, sort_keys=True)
    return pdf.compiled(TEMPLATE, {"report": text}, issued_on=on)
