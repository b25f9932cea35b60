"""The pages of the audit trail: the list, one act, the file."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from typing import TYPE_CHECKING, Any

from flask import Response, current_app, render_template, url_for
from htmx_flask import request

from talent import clock
from talent.access import Permission, allow
from talent.audit import Act
from talent.auditing import service as auditing
from talent.i18n import force_locale, gettext, language
from talent.offices import service as offices
from talent.reports.trail import service
from talent.reports.trail.forms import TakeOutForm
from talent.reports.trail.service import Wanted
from talent.reports.trail.words import worded
from talent.sheets.flowing import flow_csv, flow_xlsx
from talent.sheets.writing import CSV_TYPE, XLSX_TYPE
from talent.web import actor, form_page

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flask.ctx import AppContext

    from talent.access import Actor
    from talent.audit import AuditEntry
    from talent.sheets.writing import Value
    from talent.web import Answer

# Where a thing is shown whose act stands in the trail, and by which name its door knows it.
SHOWN_AT = {
    "account": ("accounts.show", "account_id", Permission.GRANT_ROLES),
    "certificate": ("certificates.show", "certificate_id", Permission.SEE_CERTIFICATES),
    "course": ("training.show", "course_id", Permission.SEE_TRAINING),
    "credential": ("training.credential", "credential_id", Permission.SEE_TRAINING),
    "office": ("offices.show", "office_id", Permission.SEE_OFFICES),
    "person": ("people.show", "person_id", Permission.SEE_PEOPLE),
    "project": ("shifts.project", "project_id", Permission.SEE_SHIFTS),
    "service_record": ("hours.record", "record_id", Permission.SEE_HOURS),
    "shift": ("shifts.roster", "shift_id", Permission.SEE_SHIFTS),
}


@allow(Permission.SEE_AUDIT)
def audit() -> Answer:
    """Who did what, and when, by act, account, office, thing and day."""
    wanted = _wanted()
    found, following = service.traces(actor(), wanted, before=request.args.get("after", type=int))
    return render_template(
        "reports/audit.html",
        traces=found,
        acts=Act,
        offices=offices.offices_of(actor(), Permission.SEE_AUDIT),
        wanted=wanted,
        address_of=_address,
        worded=worded,
        end=auditing.head(),
        proof=auditing.last_proof(),
        waits_since=auditing.waits_since(),
        next_url=url_for("reports.audit", **wanted.query, after=following) if following else "",
    )


@allow(Permission.SEE_AUDIT)
def act(entry_id: int) -> Answer:
    """One act, with all its particulars in words."""
    found = service.trace(actor(), entry_id)
    return render_template(
        "reports/act.html",
        trace=found,
        facts=worded(found.entry),
        address=_address(found.entry),
        link=auditing.link_of(entry_id),
    )


@allow(Permission.SEE_AUDIT)
def audit_export() -> Answer:
    """Exactly the acts that the filters show, as a file; a reason is asked for and kept."""
    wanted, form, now = _wanted(), TakeOutForm(), clock.now()
    if not form.validate_on_submit():
        return form_page(
            "reports/audit_export.html",
            form=form,
            number=service.counted(actor(), wanted),
            back=url_for("reports.audit", **wanted.query),
        )
    kind = form.kind.data
    last = service.take_out(actor(), wanted, reason=form.reason.data or "", kind=kind, now=now)
    rows = _rows(actor(), wanted, last, language(), current_app.app_context)
    heads, title = service.heads(), gettext("Audit trail")
    return Response(
        flow_csv(heads, rows) if kind == "csv" else flow_xlsx(title, heads, rows),
        mimetype=CSV_TYPE if kind == "csv" else XLSX_TYPE,
        headers={"Content-Disposition": f'attachment; filename="audit.{kind}"'},
    )


def _rows(
    who: Actor, wanted: Wanted, last: int, spoken: str, context: Callable[[], AppContext]
) -> Iterator[list[Value]]:
    """Piece by piece, each read when it is sent: the request is over by then."""
    before: int | None = last + 1
    while before:
        with context(), force_locale(spoken):
            rows, before = service.rows(who, wanted, before=before)
        yield from rows


def _wanted() -> Wanted:
    """The filters as the address has them; what makes no sense is left out."""
    given, office_id = request.args, request.args.get("office", type=int)
    here = office_id and any(
        each.id == office_id for each in offices.offices_of(actor(), Permission.SEE_AUDIT)
    )
    return Wanted(
        act=Act.of(given.get("act")),
        account_id=given.get("account", type=int),
        who=given.get("who", "").strip() or None,
        office_id=office_id if here else None,
        subject=given.get("subject", "").strip() or None,
        first_day=_day(given.get("from", "")),
        last_day=_day(given.get("to", "")),
    )


def _day(typed: str) -> date | None:
    with suppress(ValueError):
        return date.fromisoformat(typed)
    return None


def _address(entry: AuditEntry) -> str:
    table, _, number = entry.subject.partition(":")
    endpoint, name, permission = SHOWN_AT.get(table, ("", "", Permission.PUBLIC))
    if not endpoint or not number.isdecimal() or not actor().may(permission):
        return ""
    values: dict[str, Any] = {name: int(number)}
    return url_for(endpoint, **values)
