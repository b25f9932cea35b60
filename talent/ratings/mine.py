"""The volunteer who was there: rates the service, once, and reads the answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import g, render_template, url_for
from htmx_flask import request

from talent import clock
from talent.access import Field, Permission, allow
from talent.errors import NotFound, Refused
from talent.i18n import gettext
from talent.ratings import rating as ratings
from talent.ratings import service
from talent.ratings.forms import RatingForm
from talent.rules.ratings import CHANGEABLE
from talent.web import actor, done, form_page

if TYPE_CHECKING:
    from talent.web import Answer


@allow(Permission.SIGNED_IN, shows={Field.NOTES})
def mine() -> Answer:
    """What I can rate, what I rated, and what was answered."""
    person_id, now = _own(), clock.now()
    before = request.args.get("before", type=int)
    found = service.own_ratings(person_id, before=before)
    more = len(found) > service.PAGE
    return render_template(
        "ratings/mine.html",
        open=ratings.to_rate(person_id, now) if before is None else [],
        found=found[: service.PAGE],
        now=now,
        changeable=CHANGEABLE,
        next_url=url_for(".mine", before=found[service.PAGE - 1].id) if more else "",
    )


@allow(Permission.SIGNED_IN)
def rate(shift_id: int) -> Answer:
    """How it was: five steps and a text."""
    signup = ratings.own_signup(_own(), shift_id)
    g.zone = signup.shift.zone
    said = ratings.own_rating(signup.person_id, shift_id)
    form = RatingForm(steps=str(said.steps), text=said.text) if said else RatingForm()
    if form.validate_on_submit():
        try:
            ratings.rate(
                signup, int(form.steps.data), form.text.data, actor=actor(), now=clock.now()
            )
        except Refused as refusal:
            form.refuse(refusal, form.fields)
        else:
            return done(url_for(".mine"), gettext("Thank you. You can change it for seven days."))
    against = ratings.refusals(signup, clock.now())
    return form_page("ratings/rate.html", form=form, shift=signup.shift, said=said, against=against)


def _own() -> int:
    if (person_id := actor().person_id) is None:
        raise NotFound
    return person_id
