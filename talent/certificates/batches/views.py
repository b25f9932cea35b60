"""The pages on which an office asks for certificates for many, and sees how far they are."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from flask import render_template, url_for
from htmx_flask import request

from talent import clock
from talent.access import Permission, Scope, allow
from talent.certificates.batches import service
from talent.certificates.batches.forms import BatchForm, Who
from talent.certificates.batches.service import Sought
from talent.certificates.issuing.forms import FIELD_OF
from talent.certificates.issuing.views import circumstances
from talent.errors import Refused
from talent.i18n import gettext
from talent.offices import service as offices
from talent.shifts.groups import service as groups
from talent.web import actor, done, form_page

if TYPE_CHECKING:
    from talent.web import Answer

FIELDS = FIELD_OF | {service.Unchosen.NOBODY: "people", service.Unchosen.UNKNOWN: "numbers"}


@allow(Permission.ISSUE_CERTIFICATES, Scope.OWN)
def batches() -> Answer:
    """The batches that one asked for oneself."""
    found = service.recent(actor(), after=request.args.get("after", type=int))
    shown = found[: service.PAGE]
    return render_template(
        "certificates/batches.html",
        batches=shown,
        progress=service.progress(shown),
        next_url=url_for("certificates.batches", after=shown[-1].id)
        if len(found) > service.PAGE
        else "",
    )


@allow(Permission.ISSUE_CERTIFICATES)
def new_batch() -> Answer:
    """Choose people of an office, of a shift, of a project, of a group, and ask."""
    units = offices.offices_of(actor(), Permission.ISSUE_CERTIFICATES)
    sought = _sought(units[0].id)
    offered = service.candidates(actor(), sought, after=request.args.get("after", ""))
    form = BatchForm(units, offered)
    if form.validate_on_submit():
        try:
            batch = service.ask(
                sought, form.chosen, form.wish, circumstances(), once=form.once.data or ""
            )
        except Refused as refusal:
            form.refuse(refusal, FIELDS)
        else:
            return done(url_for("certificates.batch", batch_id=batch.id))
    if request.method == "GET" and not sought.office_id:
        form.people.data = [p.id for p in offered.people if offered.minutes.get(p.id)]
    kept = {k.removesuffix("_id"): v for k, v in asdict(sought).items() if v}
    here = url_for("certificates.new_batch", **kept, after=request.args.get("after"))
    further = url_for("certificates.new_batch", **kept, after=offered.after)
    return form_page(
        "certificates/batch_new.html",
        form=form,
        Who=Who,
        offered=offered,
        offices=units,
        groups=groups.led(actor()),
        sought=sought,
        here=here,
        next_url=further if offered.after else "",
    )


def _sought(otherwise: int) -> Sought:
    """What the address says; a group before an office, since both stand in the filter."""
    given = {
        f"{name}_id": value
        for name in ("shift", "project", "group", "office")
        if (value := request.args.get(name, type=int))
    }
    first = next(iter(given.items()), ("office_id", otherwise))
    return Sought(**dict([first]))


@allow(Permission.ISSUE_CERTIFICATES, Scope.OWN)
def cancel_batch(batch_id: int) -> Answer:
    """Make no more."""
    service.cancel(service.own_batch(actor(), batch_id), clock.now())
    here = url_for("certificates.batch", batch_id=batch_id)
    return done(here, gettext("Cancelled. What was issued until then stays issued."))
