"""The doors of the sheet of paper."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

from flask import g, send_file, url_for

from talent import clock
from talent.access import Permission, allow
from talent.errors import Refused
from talent.i18n import gettext, ngettext
from talent.shifts.assignments import service as assignments
from talent.shifts.sheets import service
from talent.shifts.sheets.forms import FIELD_OF, PictureForm, sheet_form
from talent.web import actor, done, form_page

if TYPE_CHECKING:
    from talent.shifts.models import Shift
    from talent.shifts.sheets.forms import SheetForm
    from talent.web import Answer


@allow(Permission.LEAD_SHIFTS)
def sheet(shift_id: int) -> Answer:
    shift = assignments.visible_shift(actor(), Permission.LEAD_SHIFTS, shift_id)
    g.zone = shift.zone
    form = sheet_form(service.open_lines(shift, clock.now()))
    if form.validate_on_submit() and (answer := _keyed(shift, form)):
        return answer
    return _page(shift, form, PictureForm(formdata=None))


def _keyed(shift: Shift, form: SheetForm) -> Answer | None:
    now = clock.now()
    if found := service.problems(shift, form.lines, now):
        form.blame(found)
        return None
    try:
        written = service.key_in(
            shift, form.lines, rest_missed=form.rest_missed, actor=actor(), now=now
        )
    except Refused as refusal:
        form.refuse(refusal)
        return None
    said = ngettext("%(num)d line is written.", "%(num)d lines are written.", written)
    return done(url_for("shifts.roster", shift_id=shift.id), said)


@allow(Permission.LEAD_SHIFTS)
def attach_sheet(shift_id: int) -> Answer:
    shift = assignments.visible_shift(actor(), Permission.LEAD_SHIFTS, shift_id)
    g.zone, form = shift.zone, PictureForm()
    if form.validate_on_submit():
        file = form.picture.data
        try:
            service.attach(shift, file.filename, file.read(), actor=actor(), now=clock.now())
        except Refused as refusal:
            form.refuse(refusal, FIELD_OF)
        else:
            said = gettext("The picture is kept with the shift.")
            return done(url_for("shifts.sheet", shift_id=shift.id), said)
    return _page(shift, sheet_form(service.open_lines(shift, clock.now())), form)


def _page(shift: Shift, form: SheetForm, picture: PictureForm) -> Answer:
    return form_page(
        "shifts/sheet.html", form=form, picture=picture, shift=shift,
        sheets=service.sheets_of(shift.id),
    )  # fmt: skip


@allow(Permission.SEE_SHIFTS)
def sheet_picture(sheet_id: int) -> Answer:
    file = service.visible_sheet(actor(), Permission.SEE_SHIFTS, sheet_id).file
    return send_file(
        BytesIO(file.content),
        mimetype=file.media_type,
        as_attachment=True,
        download_name=file.name,
    )
