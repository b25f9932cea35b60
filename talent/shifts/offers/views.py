"""The page of one shift as a volunteer sees it, and its card after an act."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import g, render_template, url_for

from talent import clock
from talent.access import Field, Permission, Scope, allow
from talent.shifts.locations import service as locations
from talent.shifts.models import ShiftState
from talent.shifts.needs.service import refusals_to_publish
from talent.shifts.offers import service
from talent.shifts.projects.service import conditions
from talent.shifts.proposals import service as proposals
from talent.web import actor, done, in_place

if TYPE_CHECKING:
    from talent.web import Answer


@allow(Permission.SIGNED_IN, Scope.MEMBERS, shows={Field.REASONS})
def show(shift_id: int) -> Answer:
    shift = service.visible_shift(actor(), shift_id)
    g.zone = shift.zone
    office, now = shift.project.office, clock.now()
    may_plan = actor().may(Permission.PLAN_SHIFTS, office.path)
    draft = may_plan and shift.state is ShiftState.DRAFT
    shown = service.card_of(shift, actor(), now)
    return render_template(
        "shifts/show.html",
        card=shown,
        by_place=locations.offered(shown.mine, now),
        now=now,
        forgotten=proposals.asked_of(actor().person_id or 0, now, shift_id=shift.id),
        conditions=conditions,
        may_plan=may_plan,
        lacking=refusals_to_publish(shift, now) if draft else [],
        may_lead=actor().may(Permission.LEAD_SHIFTS, office.path),
        may_see=actor().may(Permission.SEE_SHIFTS, office.path),
    )


def card(shift_id: int, said: str) -> Answer:
    """What became of it: the card of the shift, after an act of its reader."""
    if not in_place():
        return done(url_for("shifts.show", shift_id=shift_id), said)
    shift = service.visible_shift(actor(), shift_id)
    g.zone = shift.zone
    return render_template(
        "shifts/_shift.html",
        said=said,
        card=service.card_of(shift, actor(), clock.now()),
        conditions=conditions,
    )
