"""The door at which a volunteer says when it suits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import url_for
from flask_babel import gettext as _

from talent import clock
from talent.access import Permission, allow
from talent.errors import NotFound, Refused
from talent.people import service as people
from talent.people.free_times import service
from talent.people.free_times.forms import FreeTimesForm
from talent.web import actor, done, form_page

if TYPE_CHECKING:
    from talent.web import Answer


@allow(Permission.SIGNED_IN)
def free_times() -> Answer:
    """One's own times of the week."""
    if (own := people.own_person(actor())) is None:
        raise NotFound
    form = FreeTimesForm.of(service.times_of(own.id))
    if form.validate_on_submit():
        try:
            service.change(own, form.windows, actor=actor(), now=clock.now())
        except Refused as refusal:
            form.refuse(refusal)
        else:
            return done(url_for("people.me"), _("Saved."))
    return form_page("people/free_times.html", form=form)
