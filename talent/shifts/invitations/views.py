"""The doors of an invitation: the coordinator's page of it, and the page to which it leads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import current_app, g, make_response, render_template, url_for
from htmx_flask import request

from talent import clock
from talent.access import Permission, Scope, allow
from talent.errors import Refused
from talent.i18n import gettext
from talent.qr import code_of
from talent.rules.signup import SignupState
from talent.shifts.assignments.service import visible_shift
from talent.shifts.invitations import service
from talent.shifts.invitations.service import Uninvited
from talent.shifts.projects.service import conditions
from talent.web import actor, done

if TYPE_CHECKING:
    from talent.shifts.models import Shift, Signup
    from talent.web import Answer


@allow(Permission.PLAN_SHIFTS)
def invitation(shift_id: int) -> Answer:
    """The link with its drawing, and who came by it."""
    shift = visible_shift(actor(), Permission.PLAN_SHIFTS, shift_id)
    g.zone = shift.zone
    address = _address(shift) if shift.invite_token else ""
    return render_template(
        "shifts/invitation.html",
        shift=shift,
        address=address,
        code=code_of(address) if address else "",
        came=service.who_came(shift),
        over=clock.now() >= shift.ends_at,
    )


def _address(shift: Shift) -> str:
    path = url_for("shifts.invited", token=shift.invite_token)
    return f"{current_app.config['PUBLIC_URL']}{path}"


@allow(Permission.PLAN_SHIFTS)
def invite(shift_id: int) -> Answer:
    """Make the link, or another one in its place."""
    shift = visible_shift(actor(), Permission.PLAN_SHIFTS, shift_id)
    service.invite(shift, actor=actor(), now=clock.now())
    said = gettext("The link is ready. Whoever has it can sign up.")
    return done(url_for("shifts.invitation", shift_id=shift_id), said)


@allow(Permission.PLAN_SHIFTS)
def withdraw_invitation(shift_id: int) -> Answer:
    """End the link."""
    shift = visible_shift(actor(), Permission.PLAN_SHIFTS, shift_id)
    service.withdraw(shift, actor=actor(), now=clock.now())
    return done(url_for("shifts.invitation", shift_id=shift_id), gettext("The link is withdrawn."))


@allow(Permission.PUBLIC, Scope.TOKEN)
def invited(token: str) -> Answer:
    """The shift, for anybody who has the link; nobody's name is on it but the reader's own."""
    if (shift := service.by_token(token)) is None:
        return _gone()
    g.zone = shift.zone
    now = clock.now()
    page = render_template(
        "shifts/invited.html",
        shift=shift,
        token=token,
        now=now,
        guests=service.guests(shift, actor(), now),
        office=service.office_for(shift),
        conditions=conditions,
    )
    answer = make_response(page)
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer


def _gone() -> Answer:
    return render_template("shifts/invited_gone.html", why=Uninvited.GONE), 404


@allow(Permission.SIGNED_IN, Scope.TOKEN)
def joining(token: str) -> Answer:
    """After signing in: on to the registration, for whoever has none that reaches this shift."""
    if (shift := service.by_token(token)) is None:
        return _gone()
    here = url_for("shifts.invited", token=token)
    known = service.guests(shift, actor(), clock.now())
    if known and known[0].registered:
        return done(here)
    office = service.office_for(shift)
    number = office.id if office else None
    return done(url_for("people.register", office=number, next=here))


@allow(Permission.SIGNED_IN, Scope.TOKEN)
def invited_sign_up(token: str) -> Answer:
    """Take a place by the link, for oneself or for a child."""
    if (shift := service.by_token(token)) is None:
        raise Refused([Uninvited.GONE])
    one = service.take(
        shift,
        request.values.get("need", 0, type=int),
        request.values.get("person", 0, type=int),
        actor=actor(),
        now=clock.now(),
        wait=request.values.get("wait") == "1",
        risks_read=request.form.get("risks_read") == "1",
    )
    return done(url_for("shifts.invited", token=token), _said(one))


def _said(one: Signup) -> str:
    if one.state is SignupState.CONFIRMED:
        return gettext("%(name)s has a place.", name=one.person.name)
    if one.state is SignupState.OFFERED:
        return gettext("A place is kept for %(name)s.", name=one.person.name)
    return gettext("%(name)s is on the waiting list.", name=one.person.name)
