"""The manager's page, its exports, one office, one person; and the table of all addresses."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from typing import TYPE_CHECKING

from flask import Blueprint, render_template, send_file, url_for
from htmx_flask import request

from talent import clock
from talent.access import Permission, allow
from talent.errors import NotFound
from talent.i18n import DEFAULT_ZONE, label, named, sentence
from talent.i18n import gettext as _
from talent.offices import service as offices
from talent.people import service as people
from talent.sheets.writing import CSV_TYPE, XLSX_TYPE, write_csv, write_xlsx, written
from talent.staffing import service
from talent.staffing.appointments import service as appointing
from talent.staffing.appointments import views as appointments
from talent.staffing.importing import views as importing
from talent.staffing.models import AppointmentKind
from talent.staffing.population import views as population
from talent.staffing.standards import views as standards
from talent.web import actor

if TYPE_CHECKING:
    from talent.sheets.writing import Value
    from talent.staffing.service import Line
    from talent.web import Answer

bp = Blueprint("staffing", __name__, url_prefix="/staffing")


@bp.get("/")
@allow(Permission.SEE_STAFFING)
def index() -> Answer:
    """Each office with people, population, ratio, target, shortfall and certificate rate."""
    on = _day()
    return render_template(
        "staffing/index.html",
        lines=service.report(actor(), on=on),
        on=on,
        misread=request.args.get("on", "") not in {"", on.isoformat()},
        written=written,
    )


@bp.get("/export")
@allow(Permission.SEE_STAFFING)
def export() -> Answer:
    """The same table as a file."""
    on = _day()
    lines = service.report(actor(), on=on)
    columns, rows = _columns(), [_cells(line) for line in lines]
    title = _("Staffing on %(day)s", day=on.isoformat())
    if (kind := request.args.get("format", "xlsx")) == "xlsx":
        content, media_type = write_xlsx(title, columns, rows), XLSX_TYPE
    elif kind == "csv":
        content, media_type = write_csv(columns, rows), CSV_TYPE
    else:
        raise NotFound
    name = f"{title}.{kind}"
    return send_file(BytesIO(content), media_type, as_attachment=True, download_name=name)


@bp.get("/<int:office_id>")
@allow(Permission.SEE_STAFFING)
def show(office_id: int) -> Answer:
    """One office: every figure opens to the people or the rows that were counted."""
    on = _day()
    board, line = service.opened(actor(), office_id, on=on)
    found = service.counted_people(board, line, after=request.args.get("after", ""))
    last = found[service.PAGE - 1].person if len(found) > service.PAGE else None
    return render_template(
        "staffing/show.html",
        line=line,
        names=board.tree.offices,
        people=found[: service.PAGE],
        next_url=url_for(".show", office_id=office_id, on=on, after=f"{last.id}:{last.sort_key}")
        if last
        else "",
        on=on,
        kinds=[kind for kind in AppointmentKind if kind.value in line.yardstick.who.kinds],
        written=written,
        edits=actor().may(Permission.EDIT_STAFFING, line.office.path),
    )


@bp.get("/people/<int:person_id>")
@allow(Permission.SEE_STAFFING)
def person(person_id: int) -> Answer:
    """What one person holds and held at the reader's offices."""
    shown = people.visible_person(actor(), Permission.SEE_STAFFING, person_id)
    return render_template(
        "staffing/person.html",
        person=shown,
        appointments=appointing.of_person(actor(), shown.id),
        last_day=lambda row: appointing.terms_of(row).last_day,
        edits={o.id for o in offices.offices_of(actor(), Permission.EDIT_STAFFING)},
    )


def _day() -> date:
    """The day of the report: today, unless the address names another."""
    return request.args.get("on", clock.today(DEFAULT_ZONE), date.fromisoformat)


def _columns() -> list[str]:
    return [
        _("Office"),
        _("Level"),
        _("People counted"),
        _("Counted as"),
        _("Population"),
        _("What is counted"),
        _("As of"),
        _("Source"),
        _("Per 10,000"),
        _("Target"),
        _("Standard met"),
        _("Shortfall"),
        _("Shortfalls directly below"),
        _("Certificate rate, per cent"),
        _("Remarks"),
    ]


def _cells(line: Line) -> list[Value]:
    measured = line.measured
    met = {True: _("Yes"), False: _("No")}.get(measured.met) if measured.met is not None else None
    return [
        named(line.office),
        label(line.office.kind),
        line.number,
        label(measured.mode),
        line.population,
        label(line.yardstick.kind),
        line.as_of,
        line.source,
        line.ratio,
        line.target,
        met,
        measured.shortfall,
        line.shortfall_of_children,
        line.certificate_rate,
        " ".join(sentence(reason) for reason in (*measured.reasons, *line.warnings)),
    ]


BOTH = ["GET", "POST"]
POST = ["POST"]
for rule, name, view, methods in (
    ("/appointments", "appointments", appointments.index, None),
    ("/appointments/new", "new_appointment", appointments.new, BOTH),
    ("/appointments/<int:appointment_id>/edit", "edit_appointment", appointments.edit, BOTH),
    ("/appointments/<int:appointment_id>/end", "end_appointment", appointments.end, BOTH),
    ("/appointments/imports", "import_appointments", importing.upload_appointments, BOTH),
    ("/appointments/imports/<int:file_id>", "appointment_rows", importing.appointment_rows, None),
    (
        "/appointments/imports/<int:file_id>/confirmation",
        "confirm_appointments",
        importing.confirm_appointments,
        POST,
    ),
    ("/population", "population", population.index, None),
    ("/population/new", "new_figure", population.new, BOTH),
    ("/population/<int:population_id>/edit", "edit_figure", population.edit, BOTH),
    ("/population/imports", "import_population", importing.upload_population, BOTH),
    ("/population/imports/<int:file_id>", "population_rows", importing.population_rows, None),
    (
        "/population/imports/<int:file_id>/confirmation",
        "confirm_population",
        importing.confirm_population,
        POST,
    ),
    ("/standards", "standards", standards.index, None),
    ("/standards/new", "new_standard", standards.new, BOTH),
    ("/standards/<int:standard_id>/end", "end_standard", standards.end, BOTH),
):
    bp.add_url_rule(rule, name, view, methods=methods)
