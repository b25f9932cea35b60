"""The doors of saved filters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import url_for
from htmx_flask import request

from talent import clock
from talent.access import GRANTS, Permission, Scope, allow
from talent.directory.filters import wanted
from talent.directory.saved import service
from talent.directory.saved.forms import FilterForm
from talent.i18n import gettext
from talent.offices.service import offices_of
from talent.web import actor, done, form_page

if TYPE_CHECKING:
    from talent.directory.models import SavedFilter
    from talent.offices.models import Office
    from talent.web import Answer

SEE = Permission.SEE_PEOPLE


def _offices(kept: SavedFilter | None = None) -> list[Office]:
    """Those at which a role is held: with them a filter may be shared."""
    at = {held.office_id for held in actor().held if SEE in GRANTS[held.role]}
    at |= {kept.office_id} if kept and kept.office_id else set()
    return [office for office in offices_of(actor(), SEE) if office.id in at]


@allow(SEE, Scope.OWN)
def new_filter() -> Answer:
    """Keep the filters of the address under a name."""
    wish, form = wanted(request.args), FilterForm(_offices())
    back = url_for("people.index", **wish.query)
    if form.validate_on_submit():
        office = form.office.data or None
        service.save(form.name.data, wish, office_id=office, actor=actor(), now=clock.now())
        return done(back, gettext("The filter is saved."))
    return form_page("directory/filter_form.html", form=form, kept=None, back=back)


@allow(SEE, Scope.OWN)
def edit_filter(filter_id: int) -> Answer:
    """Another name for a filter, or others who may use it."""
    kept = service.own_filter(actor(), filter_id)
    form = FilterForm(_offices(kept), data={"name": kept.name, "office": kept.office_id or 0})
    back = url_for("people.index", **service.read(kept.query).query)
    if form.validate_on_submit():
        other = service.named(actor(), form.name.data)
        if other is None or other is kept:
            kept.name, kept.office_id = form.name.data, form.office.data or None
            return done(back, gettext("Saved."))
        form.name.errors = [gettext("Another filter has this name.")]
    return form_page("directory/filter_form.html", form=form, kept=kept, back=back)


@allow(SEE, Scope.OWN)
def remove_filter(filter_id: int) -> Answer:
    """The filter is not wanted any more."""
    service.remove(service.own_filter(actor(), filter_id))
    return done(url_for("people.index"), gettext("The filter is removed."))
