"""The doors through which a place is handed on, taken over, approved."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import g, render_template, url_for
from htmx_flask import request

from talent import clock
from talent.access import Field, Permission, Scope, allow
from talent.errors import Refused
from talent.i18n import gettext
from talent.rules.certificates import masked_name
from talent.rules.handovers import HandoverState, Unhandable
from talent.shifts.handovers import service
from talent.shifts.handovers.forms import HandoverForm, RefusalForm
from talent.shifts.offers import service as offers
from talent.shifts.openings import service as openings
from talent.shifts.projects.service import conditions
from talent.web import actor, done, form_page

if TYPE_CHECKING:
    from talent.people.models import Person
    from talent.web import Answer

_FIELDS = {Unhandable.NOBODY: "number"}


@allow(Permission.TAKE_SHIFTS, Scope.MEMBERS)
def hand_on(shift_id: int) -> Answer:
    shift = offers.visible_shift(actor(), shift_id)
    g.zone, now = shift.zone, clock.now()
    form = HandoverForm(
        openings.colleagues(shift, actor(), now), openings.in_return(shift, actor(), now)
    )
    if form.validate_on_submit():
        try:
            handover = service.offer(shift_id, _wish(form), actor=actor(), now=now)
        except Refused as refusal:
            form.refuse(refusal, _FIELDS)
        else:
            return done(url_for("shifts.handover", handover_id=handover.id), _said(handover.state))
    against = service.refusals(shift, actor(), now) if request.method == "GET" else []
    return form_page("shifts/hand_on.html", form=form, shift=shift, against=against)


def _wish(form: HandoverForm) -> service.Wish:
    return service.Wish(
        receiver=_receiver(form),
        wanted=form.in_return,
        note=form.note.data or "",
        risks_read=bool(form.risks_read and form.risks_read.data),
    )


def _receiver(form: HandoverForm) -> Person | None:
    if form.whom.data == "all":
        return None
    if form.whom.data == "colleague":
        person = form.people.get(form.colleague.data or 0) if form.colleague else None
    else:
        person = openings.named(form.number.data or "")
    if person is None:
        raise Refused([Unhandable.NOBODY])
    return person


def _said(state: HandoverState) -> str:
    return {
        HandoverState.DONE: gettext("The place is handed on."),
        HandoverState.ACCEPTED: gettext("Accepted. The office is asked to approve it."),
        HandoverState.OFFERED: gettext("The place is offered. Until somebody has it, it is yours."),
    }.get(state, gettext("It is no longer offered."))


@allow(Permission.TAKE_SHIFTS, Scope.OWN)
def handovers() -> Answer:
    now, shift_id = clock.now(), request.args.get("shift", type=int)
    return render_template(
        "shifts/handovers.html",
        offered=openings.offered_to(actor(), now, shift_id=shift_id),
        given=openings.given(actor()),
        masked=masked_name,
    )


@allow(Permission.TAKE_SHIFTS, Scope.OWN, shows={Field.NOTES})
def handover(handover_id: int) -> Answer:
    found = openings.visible_handover(actor(), handover_id)
    g.zone = found.signup.shift.zone
    mine = actor().person_id
    return render_template(
        "shifts/handover.html",
        offer=openings.as_offer(found, actor(), clock.now()),
        gives=found.signup.person_id == mine,
        gets=mine is not None and found.receiver_id == mine,
        said_no=mine in found.declined,
        conditions=conditions,
        masked=masked_name,
    )


@allow(Permission.TAKE_SHIFTS, Scope.OWN)
def accept_handover(handover_id: int) -> Answer:
    found = openings.visible_handover(actor(), handover_id)
    read = request.form.get("risks_read") == "1"
    moved = service.accept(found.id, actor=actor(), now=clock.now(), risks_read=read)
    said = gettext("You have a place.") if moved.state is HandoverState.DONE else _said(moved.state)
    return done(url_for("shifts.handover", handover_id=handover_id), said)


@allow(Permission.TAKE_SHIFTS, Scope.OWN)
def decline_handover(handover_id: int) -> Answer:
    found = openings.visible_handover(actor(), handover_id)
    service.decline(found.id, actor=actor(), now=clock.now())
    return done(url_for("shifts.handovers"), gettext("Thank you for answering."))


@allow(Permission.TAKE_SHIFTS, Scope.OWN)
def withdraw_handover(handover_id: int) -> Answer:
    found = openings.visible_handover(actor(), handover_id)
    service.withdraw(found.id, actor=actor(), now=clock.now())
    return done(
        url_for("shifts.handover", handover_id=handover_id), gettext("You keep your place.")
    )


@allow(Permission.PLAN_SHIFTS, shows={Field.NOTES})
def approvals() -> Answer:
    return render_template(
        "shifts/approvals.html", waiting=openings.to_approve(actor(), clock.now())
    )


@allow(Permission.PLAN_SHIFTS)
def approve_handover(handover_id: int) -> Answer:
    found = openings.visible_to_approve(actor(), handover_id)
    service.approve(found.id, actor=actor(), now=clock.now())
    return done(url_for("shifts.approvals"), gettext("Approved. Both are told."))


@allow(Permission.PLAN_SHIFTS)
def refuse_handover(handover_id: int) -> Answer:
    found = openings.visible_to_approve(actor(), handover_id)
    form = RefusalForm()
    if form.validate_on_submit():
        try:
            service.refuse(found.id, form.why.data, actor=actor(), now=clock.now())
        except Refused as refusal:
            form.refuse(refusal)
        else:
            return done(url_for("shifts.approvals"), gettext("Not approved. Both are told why."))
    return form_page("shifts/handover_refusal.html", form=form, handover=found)
