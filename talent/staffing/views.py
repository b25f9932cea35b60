"""The manager's page, its exports, one office, one person; and the table of all addresses."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from typing import TYPE_CHECKING, Any

from flask import Blueprint, render_template, send_file, url_for
from htmx_flask import request

from talent import clock
from talent.access import Permission, allow
from talent.errors import NotFound
from talent.i18n import DEFAULT_ZONE, label, named, sentence
from talent.i18n import gettext as _
from talent.offices import service as offices
from talent.people import service as people
from talent.rules.outcomes import plain
from talent.sheets.writing import CSV_TYPE, XLSX_TYPE, write_csv, write_xlsx, written
from talent.staffing import explaining, service
from talent.staffing import heat as heating
from talent.staffing.appointments import service as appointing
from talent.staffing.appointments import views as appointments
from talent.staffing.board import Board
from talent.staffing.drafts import views as drafts
from talent.staffing.forecasts import views as forecasts
from talent.staffing.importing import views as importing
from talent.staffing.models import OFFICIAL, AppointmentKind
from talent.staffing.plans import views as plans
from talent.staffing.population import views as population
from talent.staffing.standards import service as standard_service
from talent.staffing.standards import views as standards
from talent.staffing.standards import wording
from talent.web import actor

if TYPE_CHECKING:
    from talent.sheets.writing import Value
    from talent.staffing.service import Line
    from talent.web import Answer

bp = Blueprint("staffing", __name__, url_prefix="/staffing")
EARLIEST = date(1900, 1, 1)  # three years before the first day that there is, there is no day


@bp.get("/")
@allow(Permission.SEE_STAFFING)
def index() -> Answer:
    """Each office with ratio, target, shortfall, certificate rate and the trend of three years."""
    on, chosen = _day(), _chosen()
    board = Board(actor(), service.trend_days(on, service.QUARTER), measures=[chosen["measure"]])
    every = "every" in request.args
    levels = None if every else board.levels
    return render_template(
        "staffing/index.html",
        lines=service.lines(board, chosen["measure"], levels=levels),
        levels=levels,
        every=every,
        on=on,
        misread=request.args.get("on", "") not in {"", on.isoformat()},
        written=written,
        **chosen,
    )


@bp.get("/heat")
@allow(Permission.SEE_STAFFING)
def heat() -> Answer:
    """All offices against all their standards on one day."""
    on, chosen, every = _day(), _chosen(), "every" in request.args
    found = heating.heat(actor(), on=on, every=every)
    return render_template("staffing/heat.html", heat=found, on=on, every=every, **chosen)


@bp.get("/export")
@allow(Permission.SEE_STAFFING)
def export() -> Answer:
    """The same table as a file."""
    on, chosen = _day(), _chosen()
    lines = service.report(actor(), on=on, measure=chosen["measure"])
    columns, rows = _columns(chosen["measure"]), [_cells(line) for line in lines]
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
    on, chosen = _day(), _chosen()
    board, line = service.opened(actor(), office_id, on=on, measure=chosen["measure"], step=1)
    found = service.counted_people(board, line, after=request.args.get("after", ""))
    last = found[service.PAGE - 1].person if len(found) > service.PAGE else None
    after = f"{last.id}:{last.sort_key}" if last else ""
    return render_template(
        "staffing/show.html",
        line=line,
        names=board.tree.offices,
        people=found[: service.PAGE],
        next_url=url_for(
            ".show", office_id=office_id, on=on, measure=chosen["measure"], after=after
        )
        if last
        else "",
        on=on,
        since=board.days[-service.YEAR - 1],
        kinds=[kind for kind in AppointmentKind if kind.value in line.yardstick.who.kinds],
        formula=wording.formula,
        held_against=wording.held_against(line.yardstick),
        targeted=any(point.target is not None for point in line.trend),
        written=written,
        edits=actor().may(Permission.EDIT_STAFFING, line.office.path),
        **chosen,
    )


@bp.get("/<int:office_id>/why")
@allow(Permission.SEE_STAFFING)
def why(office_id: int) -> Answer:
    """Why an office is short by so many, against an earlier day."""
    on, chosen = _day(), _chosen()
    before = service.trend_days(on, service.YEAR)[-2]
    since = min(request.args.get("since", before, date.fromisoformat), on)
    return render_template(
        "staffing/why.html",
        told=explaining.explain(actor(), office_id, since=since, on=on, measure=chosen["measure"]),
        on=on,
        since=since,
        formula=wording.formula,
        written=written,
        plain=plain,
        **chosen,
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
    return max(request.args.get("on", clock.today(DEFAULT_ZONE), date.fromisoformat), EARLIEST)


def _chosen() -> dict[str, Any]:
    """Which standards are shown, the official ones unless the address names others, and all."""
    standards = standard_service.concerning(actor())
    names = wording.measure_names(standards)
    held = dict.fromkeys([OFFICIAL, *sorted({row.measure for row in standards})])
    if (measure := request.args.get("measure", OFFICIAL)) not in held:
        raise NotFound
    return {
        "measure": measure,
        "official": OFFICIAL,
        "measures": [(code, names[code]) for code in held],
        "measure_name": names[measure],
    }


def _columns(measure: str) -> list[str]:
    return [
        _("Office"),
        _("Level"),
        _("People counted"),
        _("Counted as"),
        _("Population"),
        _("What is counted"),
        _("As of"),
        _("Source"),
        _("Per 10,000") if measure == OFFICIAL else _("Figure"),
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
        wording.held_against(line.yardstick),
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
    ("/standards/templates", "standard_templates", standards.templates, None),
    ("/standards/new", "new_standard", standards.new, BOTH),
    ("/standards/<int:standard_id>/end", "end_standard", standards.end, BOTH),
    *forecasts.DOORS,
    *drafts.DOORS,
    *plans.DOORS,
):
    bp.add_url_rule(rule, name, view, methods=methods)
