"""The pages of kinds of work and their ceilings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import render_template, url_for
from htmx_flask import request

from talent import clock
from talent.access import Permission, Scope, allow
from talent.errors import Refused
from talent.i18n import DEFAULT_ZONE
from talent.i18n import gettext as _
from talent.indicators.ceilings import service
from talent.indicators.ceilings.forms import FIELDS, CeilingForm, KindForm
from talent.indicators.forms import unit_of
from talent.indicators.models import Ceiling
from talent.offices import service as offices
from talent.staffing.levels.service import editable, keeps
from talent.staffing.levels.views import end_page, offered, office_of
from talent.web import actor, done, form_page

if TYPE_CHECKING:
    from talent.web import Answer


@allow(Permission.SEE_STAFFING)
def index() -> Answer:
    """The kinds of work and the most of each."""
    found = service.kinds(actor(), closed=True)
    edits = actor().may(Permission.EDIT_STAFFING)
    rows = [one for each in found for one in each.ceilings]
    return render_template(
        "indicators/ceilings.html",
        kinds=found,
        names={each.id: each for each in found},
        today=clock.today(DEFAULT_ZONE),
        edits=edits,
        own=keeps(actor(), rows) if edits else (),
        caps_of=service.caps_of,
        unit_of=unit_of,
    )


@allow(Permission.EDIT_STAFFING, Scope.HOUSE)
def new_kind() -> Answer:
    """Begin to count a kind of work."""
    form = KindForm(offices=offices.offices_of(actor(), Permission.EDIT_STAFFING), everybody=False)
    if form.validate_on_submit():
        service.add_kind(office_of(form), form.stated, actor=actor(), now=clock.now())
        return done(url_for(".ceilings"), _("The kind of work is on record."))
    return form_page("indicators/work_kind.html", form=form)


@allow(Permission.EDIT_STAFFING)
def new_ceiling(kind_id: int) -> Answer:
    """Set the most of a kind; what a scheme names fills the form."""
    row = service.kind(actor(), kind_id)
    others = [each for each in service.kinds(actor()) if each.id != row.id]
    form = CeilingForm(
        **offered(),
        others=others,
        valid_from=clock.today(DEFAULT_ZONE),
        **_of_scheme(row.code, {each.code: each.id for each in others}),
    )
    if form.validate_on_submit():
        try:
            service.set_ceiling(row, office_of(form), form.stated, actor=actor(), now=clock.now())
        except Refused as refusal:
            form.refuse(refusal, FIELDS)
        else:
            return done(url_for(".ceilings"), _("The ceiling is set."))
    return form_page("indicators/ceiling.html", form=form, kind=row, unit_of=unit_of)


@allow(Permission.EDIT_STAFFING)
def end_ceiling(ceiling_id: int) -> Answer:
    """Say on which day a ceiling holds for the last time."""
    row = editable(Ceiling, ceiling_id, actor())
    return end_page(
        row,
        lambda last: service.end_ceiling(row, last_day=last, actor=actor(), now=clock.now()),
        template="indicators/ceiling_end.html",
        back=url_for(".ceilings"),
        said=_("The end of the ceiling is on record."),
        ceiling=row,
    )


def _of_scheme(code: str, others: dict[str, int]) -> dict[str, Any]:
    cap = service.cap(request.args.get("scheme", ""))
    if cap is None or cap.kind != code:
        return {}
    return {
        "most": cap.most,
        "beside": others.get(cap.beside or "", 0),
        "beside_most": cap.beside_most,
        "source": cap.source,
        "sure": cap.sure.value,
    }
