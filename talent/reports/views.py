"""The first page of every role."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, current_app, render_template, url_for
from flask_login import current_user

from talent import clock
from talent.access import Field, Permission, allow
from talent.accounts import service as accounts
from talent.errors import NotFound
from talent.hours import ledger
from talent.i18n import DEFAULT_ZONE
from talent.operation import service as operation
from talent.reports import service
from talent.reports.forms import ComponentsForm
from talent.reports.trail import views as trail
from talent.reports.yearly import views as yearly
from talent.web import actor, done, form_page

if TYPE_CHECKING:
    from talent.web import Answer

bp = Blueprint("reports", __name__)


@bp.get("/")
@allow(Permission.PUBLIC, shows={Field.REASONS})
def index() -> Answer:
    """A stranger is welcomed, a volunteer sees what comes, an office sees what waits."""
    who, now = actor(), clock.now()
    if not current_user.is_authenticated:
        if not accounts.exists_any():
            return done(url_for("accounts.first_start"))
        return render_template("reports/welcome.html")
    if who.staff:
        today = clock.today(DEFAULT_ZONE, now)
        return render_template(
            "reports/office.html",
            waiting=service.waiting(who, today=today),
            shifts=service.shifts_of_day(who, day=today, zone=DEFAULT_ZONE),
            today=today,
            standing=operation.standing(now) if who.may(Permission.WATCH_WORK) else (),
        )
    return render_template(
        "reports/volunteer.html",
        signups=service.next_signups(who.person_id, now) if who.person_id else (),
        registrations=service.registrations(who.person_id) if who.person_id else (),
        total=ledger.whole(person_id=who.person_id) if who.person_id else ledger.NOTHING,
    )


@bp.route("/components", methods=["GET", "POST"])
@allow(Permission.PUBLIC)
def components() -> Answer:
    """Every part of the interface on one page; in development alone."""
    if current_app.config["ENV"] != "development":
        raise NotFound
    form = ComponentsForm()
    form.validate_on_submit()
    return form_page("ui/components.html", form=form, day=clock.today(DEFAULT_ZONE))


bp.add_url_rule("/audit", view_func=trail.audit)
bp.add_url_rule("/audit/<int:entry_id>", view_func=trail.act)
bp.add_url_rule("/audit/export", view_func=trail.audit_export, methods=["GET", "POST"])
bp.add_url_rule("/yearly", view_func=yearly.yearly)
bp.add_url_rule("/yearly/export", view_func=yearly.yearly_export)
bp.add_url_rule("/yearly/pdf", view_func=yearly.yearly_pdf)
bp.add_url_rule("/yearly/<int:office_id>/<int:year>", view_func=yearly.public_yearly)
bp.add_url_rule("/yearly/<int:office_id>/<int:year>/pdf", view_func=yearly.public_yearly_pdf)
bp.add_url_rule(
    "/yearly/<int:office_id>/<int:year>/publication",
    view_func=yearly.publish_yearly,
    methods=["POST"],
)
