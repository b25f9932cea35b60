"""The leader's list that opens without a network, what it brings, and what became of that."""

from __future__ import annotations

import hashlib
from functools import cache
from typing import TYPE_CHECKING, Any

from flask import g, jsonify, make_response, render_template, url_for
from flask_wtf.csrf import generate_csrf
from htmx_flask import request

from talent import clock
from talent.access import Permission, allow
from talent.assets import static_url
from talent.checkin import service as day
from talent.checkin.queue import service
from talent.checkin.queue.forms import read, written
from talent.checkin.queue.service import Bearer
from talent.i18n import gettext
from talent.offices import service as offices
from talent.rules.queue import Verdict
from talent.rules.span import MINUTE
from talent.shifts.assignments.service import visible_shift, visible_signup
from talent.shifts.attendance import service as attendance
from talent.shifts.attendees import service as attendees
from talent.shifts.models import AttendanceSource, Project
from talent.web import actor, done

if TYPE_CHECKING:
    from collections.abc import Sequence

    from talent.checkin.queue.models import QueuedAct
    from talent.web import Answer

ASSETS = ("css/talent.css", "js/checkin.js")  # of the two pages that open without a network


@allow(Permission.LEAD_SHIFTS)
def sheet(shift_id: int) -> Answer:
    """The list of a shift, small, with large buttons."""
    now = clock.now()
    shift = visible_shift(actor(), Permission.LEAD_SHIFTS, shift_id)
    g.zone = shift.zone
    rows = service.of_shift(shift)
    return render_template(
        "checkin/sheet.html",
        shift=shift,
        attendees=attendees.roster(shift, now),
        now=now,
        acts=day.acts_of(shift),
        **_flags(rows),
    )


@allow(Permission.LEAD_SHIFTS)
def take(signup_id: int) -> Answer:
    """A tap on that list while there is a network."""
    now, source = clock.now(), AttendanceSource.LEADER
    one = visible_signup(actor(), Permission.LEAD_SHIFTS, signup_id)
    here, name = url_for("checkin.sheet", shift_id=one.shift_id), one.person.name
    if request.form.get("act") == "out":
        attendance.leave(one, source=source, actor=actor(), now=now)
        return done(here, gettext("%(name)s is signed out.", name=name))
    attendance.arrive(one, source=source, actor=actor(), now=now)
    return done(here, gettext("%(name)s is signed in.", name=name))


@allow(Permission.LEAD_SHIFTS)
def taps(shift_id: int) -> Answer:
    """Everything that devices kept of a shift, and what became of it."""
    shift = visible_shift(actor(), Permission.LEAD_SHIFTS, shift_id)
    g.zone = shift.zone
    rows = service.of_shift(shift)
    return render_template("checkin/taps.html", shift=shift, rows=rows, **_flags(rows))


@allow(Permission.LEAD_SHIFTS)
def token() -> Answer:
    """The proof that goes along with what the list brings."""
    return jsonify(token=generate_csrf())


@allow(Permission.LEAD_SHIFTS)
def bring() -> Answer:
    """What the list kept without a network."""
    who = actor()
    scope = Project.office_id.in_(offices.seen(who, Permission.LEAD_SHIFTS))
    bearer = Bearer(scope, account_id=who.account_id)
    rows = service.bring(read(request), bearer, now=clock.now())
    return jsonify(written(rows))


@allow(Permission.PUBLIC)
def worker() -> Answer:
    """The script that opens the two pages without a network. Another release is another script."""
    assets = [static_url(name) for name in ASSETS]
    script = render_template("checkin/sw.js", assets=assets, release=_release(tuple(assets)))
    answer = make_response(script)
    answer.headers["Content-Type"] = "text/javascript; charset=utf-8"
    answer.headers["Cache-Control"] = "no-cache"
    answer.headers["Service-Worker-Allowed"] = url_for("checkin.kiosk").rpartition("/")[0] + "/"
    return answer


@cache
def _release(assets: tuple[str, ...]) -> str:
    script = render_template("checkin/sw.js", assets=assets, release="")
    return hashlib.sha256(script.encode()).hexdigest()[:10]


def _flags(rows: Sequence[QueuedAct]) -> dict[str, Any]:
    """What a leader has to know: how many could not be taken, whose clock was off by how much."""
    off = {row.device: abs(row.skew) // MINUTE for row in rows if row.off}
    untaken = sum(1 for row in rows if row.outcome is Verdict.REFUSED)
    return {"untaken": untaken, "off": sorted(off.items())}
