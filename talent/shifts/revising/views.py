"""The page on which the shifts of a series are changed together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import g, url_for

from talent import clock
from talent.access import Permission, allow
from talent.errors import NotFound
from talent.i18n import gettext, named
from talent.rules.series import Scope
from talent.shifts.assignments.service import visible_shift
from talent.shifts.batches.views import looked_over
from talent.shifts.revising import service
from talent.shifts.revising.forms import FIELD_OF, revision_form
from talent.shifts.series import service as series
from talent.web import actor, done

if TYPE_CHECKING:
    from talent.shifts.drafting.service import Proposal
    from talent.web import Answer


@allow(Permission.PLAN_SHIFTS)
def revise(shift_id: int) -> Answer:
    shift = visible_shift(actor(), Permission.PLAN_SHIFTS, shift_id)
    if shift.series is None:
        raise NotFound
    g.zone, now, series_id = shift.zone, clock.now(), shift.series.id
    form = revision_form(shift.series)

    def propose() -> Proposal:
        series.hold(series_id)
        return service.propose_change(shift, Scope(form.scope.data), form.wish, now=now)

    def do(agreed: Proposal) -> Answer:
        scope = Scope(form.scope.data)
        service.change(shift, scope, form.wish, agreed, actor=actor(), now=now)
        said = gettext("The series is changed. Everybody whose shift was moved is told.")
        return done(url_for("shifts.show", shift_id=shift_id), said)

    return looked_over(
        form,
        propose,
        do,
        fields=FIELD_OF,
        heading=gettext("Change the series"),
        lead=named(shift.project),
        back=url_for("shifts.show", shift_id=shift_id),
        does=gettext("Change these shifts"),
        series=shift.series,
    )
