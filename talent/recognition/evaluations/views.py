"""The pages on which an office evaluates services."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import g, render_template, url_for
from htmx_flask import request

from talent import clock
from talent.access import Field, Permission, allow
from talent.errors import Refused
from talent.i18n import DEFAULT_ZONE, gettext, ngettext
from talent.recognition.evaluations import service
from talent.recognition.evaluations.forms import evaluation_form
from talent.recognition.service import PAGE
from talent.web import actor, done, form_page, next_page

if TYPE_CHECKING:
    from collections.abc import Sequence

    from talent.hours.models import ServiceRecord
    from talent.shifts.models import Shift
    from talent.web import Answer


@allow(Permission.SEE_RECOGNITION)
def index() -> Answer:
    """Services that were not evaluated."""
    found = service.waiting(actor(), after=request.args.get("after", type=int))
    return render_template(
        "recognition/evaluations.html",
        records=found[:PAGE],
        today=clock.today(DEFAULT_ZONE),
        next_url=next_page(found, PAGE, ".evaluations"),
    )


@allow(Permission.EVALUATE_SERVICE)
def evaluate(record_id: int) -> Answer:
    """Evaluate one service."""
    return _form([service.evaluable(actor(), record_id)], None)


@allow(Permission.EVALUATE_SERVICE, shows={Field.NOTES})
def evaluate_shift(shift_id: int) -> Answer:
    """Evaluate all who served on a shift."""
    shift, records = service.of_shift(actor(), shift_id)
    return _form(records, shift)


def _form(records: Sequence[ServiceRecord], shift: Shift | None) -> Answer:
    g.zone = records[0].office.zone
    form = evaluation_form(records, service.said_of(records))
    if form.validate_on_submit():
        now = clock.now()
        today = clock.today(g.zone, now)
        try:
            said = service.evaluate(form.said, records, actor=actor(), now=now, today=today)
        except Refused as refusal:
            form.refuse(refusal)
        else:
            words = ngettext(
                "%(num)d service is evaluated.", "%(num)d services are evaluated.", said
            )
            return done(url_for(".evaluations"), words if said else gettext("Nothing was changed."))
    return form_page("recognition/evaluate.html", form=form, shift=shift, records=records)
