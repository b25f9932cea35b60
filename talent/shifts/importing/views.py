"""The doors of a list for one shift: handing it in, the dry run, the confirmation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import g, render_template, url_for
from flask_babel import ngettext
from htmx_flask import request

from talent import clock
from talent.access import Permission, Scope, allow
from talent.errors import Refused
from talent.i18n import gettext
from talent.sheets.outcomes import State
from talent.shifts.assignments.service import visible_shift
from talent.shifts.importing import service
from talent.shifts.importing.forms import ListForm
from talent.web import actor, done, form_page

if TYPE_CHECKING:
    from talent.shifts.models import Shift
    from talent.web import Answer


def _shift(shift_id: int) -> Shift:
    shift = visible_shift(actor(), Permission.PLAN_SHIFTS, shift_id)
    g.zone = shift.zone
    return shift


@allow(Permission.PLAN_SHIFTS)
def list_upload(shift_id: int) -> Answer:
    """Take a list; what it would do is shown on the next page."""
    shift = _shift(shift_id)
    form = ListForm()
    if form.validate_on_submit():
        if (sent := form.handed_in) is None:
            form.file.errors = [gettext("Choose a file, or paste the rows.")]
        else:
            try:
                file = service.keep(*sent, actor=actor(), now=clock.now())
            except Refused as refusal:
                field = "pasted" if form.pasted.data and not form.file.data else "file"
                form.refuse(refusal, dict.fromkeys((r.why for r in refusal.reasons), field))
            else:
                return done(url_for("shifts.list_rows", shift_id=shift_id, file_id=file.id))
    return form_page("shifts/list.html", form=form, shift=shift)


@allow(Permission.PLAN_SHIFTS, Scope.OWN)
def list_rows(shift_id: int, file_id: int) -> Answer:
    """The dry run: every row with what becomes of it. Nobody is signed up yet."""
    shift = _shift(shift_id)
    file = service.kept(file_id, actor=actor())
    found = service.dry_run(file, shift, actor=actor(), now=clock.now())
    return render_template(
        "shifts/list_rows.html",
        shift=shift,
        file=file,
        found=found,
        counts={state: len(found.of(state)) for state in State if found.of(state)},
        problems=found.of(State.REFUSE),
        others=[line for line in found.lines if line.state is not State.REFUSE],
        S=State,
    )


@allow(Permission.PLAN_SHIFTS, Scope.OWN)
def list_confirm(shift_id: int, file_id: int) -> Answer:
    """Sign up whom the dry run showed."""
    _shift(shift_id)
    count = service.confirm(
        service.kept(file_id, actor=actor()),
        shift_id,
        digest=request.form.get("digest", ""),
        leave_out=request.form.get("leave_out") == "1",
        actor=actor(),
        now=clock.now(),
    )
    said = ngettext("%(num)d person is signed up.", "%(num)d people are signed up.", count)
    return done(url_for("shifts.roster", shift_id=shift_id), said)
