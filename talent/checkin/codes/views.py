"""Codes to be shown and to be scanned: of the shift on the leader's phone, and of a person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import current_app, g, render_template, url_for
from htmx_flask import request

from talent import clock
from talent.access import Permission, Scope, allow
from talent.checkin.codes import service
from talent.codes import keep
from talent.errors import NotFound
from talent.i18n import gettext
from talent.people import service as people
from talent.qr import code_of
from talent.rules.certificates import masked_name
from talent.shifts.assignments.service import visible_shift
from talent.shifts.attendance import service as attendance
from talent.shifts.attendance.views import SCAN
from talent.shifts.attendees import service as attendees
from talent.shifts.codes import service as doors
from talent.shifts.models import AttendanceSource
from talent.web import actor, done

if TYPE_CHECKING:
    from talent.web import Answer


@allow(Permission.LEAD_SHIFTS)
def code(shift_id: int) -> Answer:
    """The code of the shift, large, as it is now."""
    now = clock.now()
    shift = visible_shift(actor(), Permission.LEAD_SHIFTS, shift_id)
    g.zone = shift.zone
    path = url_for("checkin.scan", token=shift.scan_token, code=doors.shown(shift, now))
    came = [each.attendance for each in attendees.roster(shift, now)]
    return render_template(
        "checkin/code.html",
        shift=shift,
        code=code_of(current_app.config["PUBLIC_URL"] + path),
        now=now,
        places=len(came),
        present=sum(1 for each in came if each and each.in_at and not each.out_at),
        left=sum(1 for each in came if each and each.out_at),
    )


@allow(Permission.PUBLIC, Scope.TOKEN)
def scan(token: str, code: str) -> Answer:
    """Keep that the code was read now, and go on without it: it must not stand in histories."""
    shift = attendance.shift_of(token)
    there = url_for("shifts.scan", token=token)
    answer = done(there)
    keep(answer, SCAN, doors.scanned(shift, code, actor().person_id, clock.now()), there)
    return answer


@allow(Permission.SIGNED_IN)
def me() -> Answer:
    """One's own code, to be scanned by a leader."""
    if (person := people.own_person(actor())) is None:
        return render_template("checkin/me.html", code=None)
    path = url_for("checkin.person", code=service.own_code(person.id))
    drawn = code_of(current_app.config["PUBLIC_URL"] + path)
    return render_template("checkin/me.html", code=drawn, name=masked_name(person.name))


@allow(Permission.SIGNED_IN)
def renew() -> Answer:
    """Another code of one's own."""
    if (person_id := actor().person_id) is None:
        raise NotFound
    service.renew(person_id, actor=actor(), now=clock.now())
    return done(url_for("checkin.me"), gettext("You have a new code. The old one opens nothing."))


@allow(Permission.LEAD_SHIFTS)
def person(code: str) -> Answer:
    """Who it is, masked, and what may be tapped."""
    found = service.found(code, actor=actor(), now=clock.now())
    name = masked_name(found.person.name)
    return render_template("checkin/person.html", code=code, found=found, name=name)


@allow(Permission.LEAD_SHIFTS)
def take(code: str) -> Answer:
    """Sign the person in or out."""
    now, source = clock.now(), AttendanceSource.QR
    number = request.form.get("signup", 0, type=int)
    one = service.seat(code, number, actor=actor(), now=now)
    here, name = url_for("checkin.person", code=code), masked_name(one.person.name)
    if request.form.get("act") == "out":
        attendance.leave(one, source=source, actor=actor(), now=now)
        return done(here, gettext("%(name)s is signed out.", name=name))
    attendance.arrive(one, source=source, actor=actor(), now=now)
    return done(here, gettext("%(name)s is signed in.", name=name))
