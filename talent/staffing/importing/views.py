"""The pages of both imports: hand in a file, look at the dry run, confirm."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from flask import render_template, url_for
from htmx_flask import request

from talent import clock
from talent.access import Permission, Scope, allow
from talent.errors import Refused
from talent.i18n import DEFAULT_ZONE, ngettext
from talent.sheets.outcomes import State
from talent.staffing.importing import appointments, population, service
from talent.staffing.importing.forms import AppointmentsForm, UploadForm
from talent.web import actor, done, form_page

if TYPE_CHECKING:
    from talent.web import Answer

HALF = Decimal("0.5")
LEAST = Decimal("0.001")


@allow(Permission.EDIT_STAFFING)
def upload_population() -> Answer:
    """Hand in a file of population figures."""
    form = UploadForm()
    if form.validate_on_submit():
        name, content, now = form.file.data.filename, form.file.data.read(), clock.now()
        try:
            today = clock.today(DEFAULT_ZONE, now)
            population.judge(name, content, actor=actor(), today=today)
        except Refused as refusal:
            form.refuse(refusal, dict.fromkeys([r.why for r in refusal.reasons], "file"))
        else:
            file = service.keep(name, content, actor=actor(), now=now)
            return done(url_for(".population_rows", file_id=file.id))
    return form_page("staffing/import_population.html", form=form, columns=population.COLUMNS)


@allow(Permission.EDIT_STAFFING, Scope.OWN)
def population_rows(file_id: int) -> Answer:
    """The dry run: nothing has been written."""
    file = service.kept(file_id, actor=actor())
    found = population.look(file, actor=actor(), today=clock.today(DEFAULT_ZONE))
    confirm = url_for(".confirm_population", file_id=file.id)
    again = url_for(".import_population")
    return render_template(
        "staffing/import_rows.html",
        file=file,
        found=found,
        confirm=confirm,
        again=again,
        State=State,
    )


@allow(Permission.EDIT_STAFFING, Scope.OWN)
def confirm_population(file_id: int) -> Answer:
    """Write what the dry run showed."""
    file, now = service.kept(file_id, actor=actor()), clock.now()
    found = population.confirm(
        file,
        digest=request.form.get("digest", ""),
        actor=actor(),
        now=now,
        today=clock.today(DEFAULT_ZONE, now),
    )
    number = len(found.plans)
    said = ngettext("%(num)s figure is on record.", "%(num)s figures are on record.", number)
    return done(url_for(".population"), said)


@allow(Permission.EDIT_STAFFING)
def upload_appointments() -> Answer:
    """Hand in a file of appointments."""
    form = AppointmentsForm()
    if form.validate_on_submit():
        name, content, now = form.file.data.filename, form.file.data.read(), clock.now()
        part = form.part.data
        try:
            today = clock.today(DEFAULT_ZONE, now)
            appointments.judge(name, content, part=part, actor=actor(), today=today)
        except Refused as refusal:
            form.refuse(refusal, dict.fromkeys([r.why for r in refusal.reasons], "file"))
        else:
            file = service.keep(name, content, actor=actor(), now=now)
            return done(url_for(".appointment_rows", file_id=file.id, part=f"{part:f}"))
    return form_page("staffing/import_appointments.html", form=form, columns=appointments.COLUMNS)


@allow(Permission.EDIT_STAFFING, Scope.OWN)
def appointment_rows(file_id: int) -> Answer:
    """The dry run: nothing has been written."""
    file = service.kept(file_id, actor=actor())
    part = _part(request.args.get("part", ""))
    today = clock.today(DEFAULT_ZONE)
    found = appointments.look(file, part=part, actor=actor(), today=today)
    confirm = url_for(".confirm_appointments", file_id=file.id, part=f"{part:f}")
    return render_template(
        "staffing/import_rows.html",
        file=file,
        found=found,
        confirm=confirm,
        again=url_for(".import_appointments"),
        State=State,
    )


@allow(Permission.EDIT_STAFFING, Scope.OWN)
def confirm_appointments(file_id: int) -> Answer:
    """Write what the dry run showed."""
    file, now = service.kept(file_id, actor=actor()), clock.now()
    found = appointments.confirm(
        file,
        digest=request.form.get("digest", ""),
        part=_part(request.args.get("part", "")),
        actor=actor(),
        now=now,
        today=clock.today(DEFAULT_ZONE, now),
    )
    number = len(found.plans)
    said = ngettext(
        "%(num)s appointment is on record.", "%(num)s appointments are on record.", number
    )
    return done(url_for(".appointments"), said)


def _part(typed: str) -> Decimal:
    """The share as the address carries it from the first page to the last."""
    try:
        part = Decimal(typed)
    except InvalidOperation:
        return HALF
    return part if part.is_finite() and LEAST <= part <= 1 else HALF
