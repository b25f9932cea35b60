"""The pages of the rule lab: what would change for whom, before a rule holds."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from io import BytesIO
from typing import TYPE_CHECKING, Any

from flask import Blueprint, g, make_response, render_template, send_file, url_for
from htmx_flask import request

from talent import clock
from talent.access import Permission, allow
from talent.errors import NotFound, Refused
from talent.exports import with_reason
from talent.i18n import gettext, named
from talent.lab import service
from talent.lab.forms import FIELD_OF, DraftForm, draft_form
from talent.lab.models import OPEN, CountingDraft, DraftLine
from talent.offices import service as offices
from talent.offices import settings
from talent.offices.forms import shown
from talent.rules import drafts as law
from talent.rules.hours import Approval
from talent.sheets.writing import XLSX_TYPE, Value, write_xlsx
from talent.web import actor, done, form_page

if TYPE_CHECKING:
    from talent.offices.models import Office
    from talent.web import Answer

bp = Blueprint("lab", __name__, url_prefix="/rule-lab")
P = Permission
LOOK_AGAIN = 3  # seconds, while it is computed


@bp.get("/")
@allow(P.EDIT_RULES)
def index() -> Answer:
    """The drafts, and the offices for which another can be made."""
    rows = service.recent(actor(), after=request.args.get("after", type=int))
    return render_template(
        "lab/index.html",
        drafts=rows[: service.PAGE],
        more=rows[service.PAGE - 1].id if len(rows) > service.PAGE else None,
        offices=offices.offices_of(actor(), P.EDIT_RULES),
    )


@bp.route("/new", methods=["GET", "POST"])
@allow(P.EDIT_RULES)
def new() -> Answer:
    """A draft for an office and those below it."""
    mine = offices.offices_of(actor(), P.EDIT_RULES)
    wanted = request.args.get("office", type=int)
    office = next((each for each in mine if wanted in {None, each.id}), None)
    if office is None:
        raise NotFound
    first, last = law.last_quarter(clock.today(office.zone))
    soon = clock.today(office.zone) + timedelta(days=14)
    return _draft(office, None, valid_from=soon, first_day=first, last_day=last)


@bp.route("/<int:draft_id>/edit", methods=["GET", "POST"])
@allow(P.EDIT_RULES)
def edit(draft_id: int) -> Answer:
    """Other rules, another day, other records to try it on: it is computed anew."""
    row = service.visible(actor(), draft_id)
    typed = {each.value: settings.written(value) for each, value in service.changed_of(row).items()}
    kept = {name: getattr(row, name) for name in _NAMES}
    return _draft(row.office, row, **kept, **typed)


_NAMES = ("name", "note", "valid_from", "first_day", "last_day")


def _draft(office: Office, row: CountingDraft | None, **kept: Any) -> Answer:
    now = clock.now()
    held = offices.settings_of(office, on=clock.today(office.zone, now))
    form = draft_form(held, **kept)
    if form.validate_on_submit():
        try:
            made = service.draft(
                office,
                changed=form.changed(held),
                actor=actor(),
                now=now,
                changes=row,
                **{name: form[name].data for name in _NAMES},
            )
        except Refused as refusal:
            form.refuse(refusal, FIELD_OF)
        else:
            return done(url_for(".show", draft_id=made.id))
    return _page(form, office, row)


def _page(form: DraftForm, office: Office, row: CountingDraft | None) -> Answer:
    return form_page("lab/form.html", form=form, office=office, draft=row)


@bp.get("/<int:draft_id>")
@allow(P.EDIT_RULES)
def show(draft_id: int) -> Answer:
    """Whose hours and stars would change, and by how much; while it is computed, how far it is."""
    row = service.visible(actor(), draft_id)
    g.zone = row.office.zone
    computing = service.is_computing(row)
    found = [] if computing else service.lines(row, after=request.args.get("after", ""))
    page = found[: service.PAGE]
    today = clock.today(row.office.zone)
    answer = make_response(
        render_template(
            "lab/show.html",
            draft=row,
            computing=computing,
            open=row.state in OPEN,
            told=_told(row),
            lines=page,
            more=service.key(page[-1]) if len(found) > service.PAGE else None,
            refusals=_refusals(row, today),
            levels=list(Approval),
            level=level,
            shown=shown,
            look_again=LOOK_AGAIN,
        )
    )
    if computing and not request.htmx:
        answer.headers["Refresh"] = str(LOOK_AGAIN)  # for those without JavaScript as well
    return answer


def _told(row: CountingDraft) -> list[tuple[Any, Any, Any]]:
    """Each setting that it changes: what holds on its day without it, and what would."""
    held = offices.settings_of(row.office, on=row.valid_from - timedelta(days=1))
    return [(each, held[each], value) for each, value in service.changed_of(row).items()]


def _refusals(row: CountingDraft, today: Any) -> list[Any]:
    return law.refusals_to_put_in_force(
        open_=row.state in OPEN,
        computed=row.state.value == "ready",
        valid_from=row.valid_from,
        today=today,
    )


def level(line: DraftLine, reached: int) -> str:
    """The name of a level that is reached, or none."""
    if not reached or line.scheme is None:
        return "—"
    return named(line.scheme.levels[reached - 1])


@bp.route("/<int:draft_id>/export", methods=["GET", "POST"])
@allow(P.EDIT_RULES)
def export(draft_id: int) -> Answer:
    """All of them as a file, for whoever says why."""
    row = service.visible(actor(), draft_id)
    back = url_for("lab.show", draft_id=row.id)
    return with_reason(row, row.name, partial(_workbook, row), back=back, office_id=row.office_id)


def _workbook(row: CountingDraft) -> Answer:
    rows = [_cells(line) for line in service.lines(row, most=None)]
    content = write_xlsx(row.name, _columns(), rows)
    name = f"{row.name} {row.first_day.isoformat()}–{row.last_day.isoformat()}.xlsx"
    return send_file(BytesIO(content), XLSX_TYPE, as_attachment=True, download_name=name)


def _columns() -> list[str]:
    before, after = gettext("before"), gettext("after")
    return [
        gettext("Volunteer number"),
        gettext("Name"),
        gettext("Records"),
        *(
            f"{word} ({side})"
            for word in (
                gettext("Minutes"),
                gettext("Minutes for awards"),
                gettext("Records to be decided on"),
                gettext("Star or medal"),
            )
            for side in (before, after)
        ),
    ]


def _cells(line: DraftLine) -> list[Value]:
    return [
        line.person.volunteer_no,
        line.person.name,
        line.records,
        line.minutes_before,
        line.minutes_after,
        line.recognised_before,
        line.recognised_after,
        line.reviewed_before,
        line.reviewed_after,
        level(line, line.level_before),
        level(line, line.level_after),
    ]


@bp.post("/<int:draft_id>/putting")
@allow(P.EDIT_RULES)
def put(draft_id: int) -> Answer:
    """Let its rules hold from its day on."""
    row = service.visible(actor(), draft_id)
    service.put_in_force(row, actor=actor(), now=clock.now())
    said = gettext("In force from its day on. What was recorded before stays as it is.")
    return done(url_for(".show", draft_id=draft_id), said)


@bp.post("/<int:draft_id>/dropping")
@allow(P.EDIT_RULES)
def drop(draft_id: int) -> Answer:
    """Throw it away."""
    service.drop(service.visible(actor(), draft_id), actor=actor(), now=clock.now())
    return done(url_for(".index"), gettext("Thrown away. Nothing has changed."))
