"""The door through which somebody is moved: by a form, and by dragging, which fills it in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import g, render_template, url_for
from htmx_flask import request

from talent import clock
from talent.access import Permission, allow
from talent.errors import Refused
from talent.i18n import gettext
from talent.shifts.assignments import service as assignments
from talent.shifts.board import service as board
from talent.shifts.moves import service
from talent.shifts.moves.forms import move_form
from talent.web import actor, done, form_page, own_path

if TYPE_CHECKING:
    from talent.shifts.models import Signup
    from talent.web import Answer


@allow(Permission.PLAN_SHIFTS)
def board_move() -> Answer:
    now, number = clock.now(), request.values.get("signup", 0, type=int)
    one = assignments.visible_signup(actor(), Permission.PLAN_SHIFTS, number)
    g.zone = one.shift.zone
    back = own_path(request.values.get("back"), url_for("shifts.board"))
    if not (need_id := request.values.get("need", 0, type=int)):
        return _choose(one, back)
    need = service.visible_need(actor(), need_id)
    choice = service.choice(one, need, actor=actor(), now=now)
    form = move_form(against=bool(choice.against))
    if form.is_submitted() and (service.settled(one, need) or form.validate()):
        try:
            service.move(
                one, need, actor=actor(), now=now, reason=form.reason.data or "",
                note=form.note.data or "",
            )  # fmt: skip
        except Refused as refusal:
            form.refuse(refusal)
        else:
            return done(back, gettext("%(name)s has the other place.", name=one.person.name))
    return form_page("shifts/move.html", form=form, signup=one, choice=choice, back=back)


def _choose(one: Signup, back: str) -> Answer:
    """Where to? The other positions, and the shifts around it."""
    around = board.near(one.shift, actor(), clock.now())
    return render_template("shifts/move_to.html", signup=one, shifts=around, back=back)
