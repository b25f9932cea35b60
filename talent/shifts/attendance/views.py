"""The list of the leader, the code at the door, and what is tapped on them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import current_app, g, make_response, render_template, url_for
from htmx_flask import request

from talent import clock
from talent.access import Field, Permission, Scope, allow
from talent.codes import keep
from talent.errors import Refused
from talent.i18n import gettext
from talent.qr import code_of
from talent.rules.attendance import Unattendable
from talent.shifts.assignments import service as assignments
from talent.shifts.attendance import service
from talent.shifts.attendance.forms import FIELD_OF, times_form
from talent.shifts.attendees import service as attendees
from talent.shifts.codes import service as codes
from talent.shifts.locations import service as locations
from talent.shifts.models import AttendanceSource
from talent.shifts.waiting import service as waiting
from talent.web import actor, device, done, form_page, respond

if TYPE_CHECKING:
    from datetime import datetime

    from talent.rules.reason import Because
    from talent.shifts.attendees.service import Attendee
    from talent.shifts.models import Shift, Signup
    from talent.web import Answer

SCAN = "scan"  # the cookie that keeps what a scan of the changing code is worth


@allow(Permission.SEE_SHIFTS, shows={Field.REASONS})
def roster(shift_id: int) -> Answer:
    now = clock.now()
    typed = request.args.get("q", "").strip()[:50]
    find: Any = assignments.visible_shift if typed else assignments.named_shift
    shift = find(actor(), Permission.SEE_SHIFTS, shift_id)
    g.zone, office = shift.zone, shift.project.office
    told = attendees.settings_of(shift, now)
    running = attendees.is_running(shift, now, told)
    may_lead = actor().may(Permission.LEAD_SHIFTS, office.path)
    may_plan = actor().may(Permission.PLAN_SHIFTS, office.path)
    listed, waits = attendees.listed(shift, now, told)
    found = []
    if typed and (may_plan or (running and may_lead)):
        found = assignments.choices(shift, typed, actor=actor(), now=now, walk_in=running)
    return render_template(
        "shifts/roster.html",
        shift=shift,
        attendees=listed,
        line=waiting.line_of(shift) if waits else waiting.Line(),
        q=typed,
        found=found,
        running=running,
        rotating=codes.asked(shift, now, told),
        over=now >= shift.ends_at,
        may_lead=may_lead,
        may_plan=may_plan,
    )


@allow(Permission.SEE_SHIFTS)
def poster(shift_id: int) -> Answer:
    shift = assignments.visible_shift(actor(), Permission.SEE_SHIFTS, shift_id)
    g.zone = shift.zone
    address = current_app.config["PUBLIC_URL"] + url_for("shifts.scan", token=shift.scan_token)
    return render_template(
        "shifts/poster.html",
        shift=shift,
        address=address,
        code=code_of(address),
        rotating=codes.asked(shift, clock.now()),
    )


@allow(Permission.LEAD_SHIFTS)
def arrive(signup_id: int) -> Answer:
    one = assignments.visible_signup(actor(), Permission.LEAD_SHIFTS, signup_id)
    source = AttendanceSource.LEADER
    service.arrive(one, source=source, actor=actor(), now=clock.now())
    return _attendee(one, gettext("%(name)s is signed in.", name=one.person.name))


@allow(Permission.LEAD_SHIFTS)
def leave(signup_id: int) -> Answer:
    one = assignments.visible_signup(actor(), Permission.LEAD_SHIFTS, signup_id)
    source = AttendanceSource.LEADER
    service.leave(one, source=source, actor=actor(), now=clock.now())
    return _attendee(one, gettext("%(name)s is signed out.", name=one.person.name))


@allow(Permission.LEAD_SHIFTS)
def miss(signup_id: int) -> Answer:
    one = assignments.visible_signup(actor(), Permission.LEAD_SHIFTS, signup_id)
    service.miss(one, actor=actor(), now=clock.now())
    return _attendee(one, gettext("%(name)s did not come.", name=one.person.name))


def _attendee(one: Signup, said: str) -> Answer:
    g.zone = one.shift.zone
    return respond(
        "shifts/_attendee.html",
        to=url_for("shifts.roster", shift_id=one.shift_id),
        said=said,
        attendee=attendees.attendee(one, clock.now()),
        may_lead=True,
        may_plan=actor().may(Permission.PLAN_SHIFTS, one.shift.project.office.path),
    )


@allow(Permission.LEAD_SHIFTS)
def times(signup_id: int) -> Answer:
    one = assignments.visible_signup(actor(), Permission.LEAD_SHIFTS, signup_id)
    g.zone, kept = one.shift.zone, one.attendance
    form = times_form(
        one.shift.zone,
        in_at=kept.in_at if kept and kept.in_at else one.shift.starts_at,
        out_at=kept.out_at if kept else None,
    )
    if form.validate_on_submit():
        try:
            service.enter(
                one,
                in_at=form.in_at.data,
                out_at=form.out_at.data,
                actor=actor(),
                now=clock.now(),
            )
        except Refused as refusal:
            form.refuse(refusal, FIELD_OF)
        else:
            return done(url_for("shifts.roster", shift_id=one.shift_id), gettext("Saved."))
    return form_page("shifts/times.html", form=form, signup=one)


@allow(Permission.LEAD_SHIFTS)
def walk_in(shift_id: int) -> Answer:
    shift = assignments.visible_shift(actor(), Permission.LEAD_SHIFTS, shift_id)
    one = service.walk_in(
        shift,
        request.values.get("need", 0, type=int),
        request.values.get("person", 0, type=int),
        actor=actor(),
        now=clock.now(),
        reason=request.form.get("reason", ""),
    )
    said = gettext("%(name)s is signed in.", name=one.person.name)
    return done(url_for("shifts.roster", shift_id=shift_id), said)


@allow(Permission.SIGNED_IN, Scope.TOKEN)
def scan(token: str) -> Answer:
    shift = service.shift_of(token)
    g.zone = shift.zone
    now = clock.now()
    own = attendees.own_attendee(shift, actor(), now)
    answer = make_response(
        render_template(
            "shifts/scan.html",
            shift=shift,
            attendee=own,
            against=_against_scan(shift, own, now),
            by_place=locations.offered(own.signup if own else None, now),
        )
    )
    if proof := codes.bound(shift, request.cookies.get(SCAN, ""), actor().person_id or 0):
        keep(answer, SCAN, proof, request.path)
    return answer


@allow(Permission.SIGNED_IN, Scope.TOKEN)
def confirm(token: str) -> Answer:
    now, source = clock.now(), AttendanceSource.QR
    shift = service.shift_of(token)
    g.zone = shift.zone
    own = attendees.own_attendee(shift, actor(), now)
    if own is None:
        raise Refused([Unattendable.NO_PLACE])
    if refused := _against_scan(shift, own, now):
        raise Refused(refused)
    if request.form.get("act") == "out":
        service.leave(own.signup, source=source, actor=actor(), now=now, device=device())
        return done(url_for("shifts.scan", token=token), gettext("You are signed out. Thank you!"))
    service.arrive(own.signup, source=source, actor=actor(), now=now, device=device())
    return done(url_for("shifts.scan", token=token), gettext("You are signed in."))


def _against_scan(shift: Shift, own: Attendee | None, now: datetime) -> list[Because]:
    """What the code at the door has against the reader; one that let him in lets nobody out."""
    came = own.attendance.in_at if own and own.attendance else None
    proof = request.cookies.get(SCAN, "")
    return codes.refusals(shift, proof, actor().person_id or 0, now, used_at=came)
