"""The doors of shifts: one table of addresses, whose views live with their nouns."""

from __future__ import annotations

from flask import Blueprint

from talent.shifts.assignments import views as assignments
from talent.shifts.attendance import views as attendance
from talent.shifts.batches import models as _batches  # noqa: F401
from talent.shifts.groups import models as _groups  # noqa: F401
from talent.shifts.offers import views as offers
from talent.shifts.planning import views as planning
from talent.shifts.projects import views as projects
from talent.shifts.series import models as _series  # noqa: F401
from talent.shifts.signups import views as signups

bp = Blueprint("shifts", __name__, url_prefix="/shifts")

READ, FORM, ACT = ["GET"], ["GET", "POST"], ["POST"]

for address, view, methods in (
    # What volunteers see and do
    ("/", offers.index, READ),
    ("/mine", signups.mine, READ),
    ("/<int:shift_id>", offers.show, READ),
    ("/<int:shift_id>/signup", signups.sign_up, ACT),
    ("/<int:shift_id>/waiting", signups.wait, ACT),
    ("/<int:shift_id>/cancellation", signups.cancel, ACT),
    ("/scan/<token>", attendance.scan, READ),
    ("/scan/<token>", attendance.confirm, ACT),
    # Projects and positions
    ("/projects", projects.projects, READ),
    ("/projects/new", projects.new_project, FORM),
    ("/projects/<int:project_id>", projects.project, READ),
    ("/projects/<int:project_id>/edit", projects.edit_project, FORM),
    ("/projects/<int:project_id>/opening", projects.open_project, ACT),
    ("/projects/<int:project_id>/closing", projects.close_project, ACT),
    ("/projects/<int:project_id>/publication", planning.publish_all, ACT),
    ("/projects/<int:project_id>/positions/new", projects.add_position, FORM),
    ("/positions/<int:position_id>/edit", projects.edit_position, FORM),
    ("/positions/<int:position_id>/removal", projects.remove_position, ACT),
    # Planning
    ("/new", planning.new, FORM),
    ("/<int:shift_id>/edit", planning.edit, FORM),
    ("/<int:shift_id>/publication", planning.publish, ACT),
    ("/<int:shift_id>/calling-off", planning.call_off, FORM),
    # Places that the office gives and takes
    ("/<int:shift_id>/assignment", assignments.assign, ACT),
    ("/signups/<int:signup_id>/removal", assignments.remove, FORM),
    ("/person/<int:person_id>", signups.person, READ),
    # Attendance
    ("/<int:shift_id>/roster", attendance.roster, READ),
    ("/<int:shift_id>/poster", attendance.poster, READ),
    ("/<int:shift_id>/walk-ins", attendance.walk_in, ACT),
    ("/signups/<int:signup_id>/arrival", attendance.arrive, ACT),
    ("/signups/<int:signup_id>/departure", attendance.leave, ACT),
    ("/signups/<int:signup_id>/absence", attendance.miss, ACT),
    ("/signups/<int:signup_id>/times", attendance.times, FORM),
):
    bp.add_url_rule(address, view_func=view, methods=methods)
