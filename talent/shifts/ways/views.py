"""The pages of the ways between places."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import render_template, url_for
from htmx_flask import request

from talent import clock
from talent.access import Permission, allow
from talent.errors import Refused
from talent.i18n import gettext, named
from talent.offices import service as offices
from talent.shifts.ways import service
from talent.shifts.ways.forms import FIELD_OF, WayForm
from talent.web import actor, done, form_page

if TYPE_CHECKING:
    from talent.shifts.ways.models import TravelTime
    from talent.web import Answer


@allow(Permission.SEE_SHIFTS)
def ways() -> Answer:
    rows = service.ways(actor(), after=request.args.get("after", type=int))
    return render_template(
        "shifts/ways.html",
        ways=rows[: service.PAGE],
        more=rows[service.PAGE - 1].id if len(rows) > service.PAGE else None,
        may_edit=actor().may(Permission.EDIT_RULES),
    )


@allow(Permission.EDIT_RULES)
def new_way() -> Answer:
    return _write(None)


@allow(Permission.EDIT_RULES)
def edit_way(way_id: int) -> Answer:
    return _write(service.visible_way(actor(), way_id))


@allow(Permission.EDIT_RULES)
def remove_way(way_id: int) -> Answer:
    service.remove(service.visible_way(actor(), way_id), actor=actor(), now=clock.now())
    return done(url_for("shifts.ways"), gettext("The way is taken out."))


def _write(way: TravelTime | None) -> Answer:
    form = WayForm(obj=way)
    own = offices.offices_of(actor(), Permission.EDIT_RULES)
    form.office_id.choices = [(office.id, named(office)) for office in own]
    if form.validate_on_submit():
        said = {f.short_name: f.data for f in form if f.short_name in _FIELDS}
        try:
            service.write(way, actor=actor(), now=clock.now(), **said)
        except Refused as refusal:
            form.refuse(refusal, FIELD_OF)
        else:
            return done(url_for("shifts.ways"), gettext("Saved."))
    return form_page("shifts/way_form.html", form=form, way=way, places=service.places(actor()))


_FIELDS = ("office_id", "place_a", "place_b", "minutes")
