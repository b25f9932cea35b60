"""The doors of shifts: one table of addresses, whose views live with their nouns."""

from __future__ import annotations

from flask import Blueprint

from talent.shifts.assignments import views as assignments
from talent.shifts.attendance import views as attendance
from talent.shifts.batches import models as _batches  # noqa: F401
from talent.shifts.board import views as board
from talent.shifts.fitting import views as fitting
from talent.shifts.groups import views as groups
from talent.shifts.handovers import views as handovers
from talent.shifts.importing import views as importing
from talent.shifts.invitations import views as invitations
from talent.shifts.moves import views as moves
from talent.shifts.needs import views as needs
from talent.shifts.offers import views as offers
from talent.shifts.parties import views as parties
from talent.shifts.planning import views as planning
from talent.shifts.printing import views as printing
from talent.shifts.projects import views as projects
from talent.shifts.signups import views as signups
from talent.shifts.substitutes import views as substitutes
from talent.shifts.waiting import views as waiting
from talent.shifts.ways import views as ways

bp = Blueprint("shifts", __name__, url_prefix="/shifts")

READ, FORM, ACT = ["GET"], ["GET", "POST"], ["POST"]

for address, view, methods in (
    # What volunteers see and do
    ("/", offers.index, READ),
    ("/for-me", fitting.for_me, READ),
    ("/mine", signups.mine, READ),
    ("/<int:shift_id>", offers.show, READ),
    ("/<int:shift_id>/signup", signups.sign_up, ACT),
    ("/<int:shift_id>/waiting", signups.wait, ACT),
    ("/<int:shift_id>/cancellation", signups.cancel, ACT),
    ("/<int:shift_id>/keeping", signups.keep, ACT),
    ("/answers/<token>", signups.answer, READ),
    ("/answers/<token>", signups.answered, ACT),
    # The line for a full shift
    ("/<int:shift_id>/reserve", waiting.stand_by, ACT),
    ("/<int:shift_id>/offer/acceptance", waiting.accept_offer, ACT),
    ("/<int:shift_id>/offer/refusal", waiting.decline_offer, ACT),
    ("/signups/<int:signup_id>/giving-up", signups.give_up, ACT),
    ("/scan/<token>", attendance.scan, READ),
    ("/scan/<token>", attendance.confirm, ACT),
    # Handing on a place, stepping in
    ("/<int:shift_id>/handover", handovers.hand_on, FORM),
    ("/handovers", handovers.handovers, READ),
    ("/handovers/approvals", handovers.approvals, READ),
    ("/handovers/<int:handover_id>", handovers.handover, READ),
    ("/handovers/<int:handover_id>/acceptance", handovers.accept_handover, ACT),
    ("/handovers/<int:handover_id>/refusal", handovers.decline_handover, ACT),
    ("/handovers/<int:handover_id>/withdrawal", handovers.withdraw_handover, ACT),
    ("/handovers/<int:handover_id>/approval", handovers.approve_handover, ACT),
    ("/handovers/<int:handover_id>/rejection", handovers.refuse_handover, FORM),
    ("/<int:shift_id>/staying-away", substitutes.stay_away, FORM),
    ("/calls", substitutes.calls, READ),
    ("/calls/<int:call_id>", substitutes.call, READ),
    ("/calls/<int:call_id>/acceptance", substitutes.accept_call, ACT),
    ("/calls/<int:call_id>/refusal", substitutes.decline_call, ACT),
    ("/<int:shift_id>/substitutes", substitutes.substitutes, READ),
    ("/<int:shift_id>/substitutes/search", substitutes.search, ACT),
    ("/searches/<int:search_id>/stopping", substitutes.stop_search, ACT),
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
    # Ways between places
    ("/ways", ways.ways, READ),
    ("/ways/new", ways.new_way, FORM),
    ("/ways/<int:way_id>/edit", ways.edit_way, FORM),
    ("/ways/<int:way_id>/removal", ways.remove_way, ACT),
    # Planning
    ("/new", planning.new, FORM),
    ("/<int:shift_id>/edit", planning.edit, FORM),
    ("/<int:shift_id>/publication", planning.publish, ACT),
    ("/needs/<int:need_id>", needs.need, FORM),
    ("/<int:shift_id>/calling-off", planning.call_off, FORM),
    # The board
    ("/board", board.board, READ),
    ("/board/<int:shift_id>", board.board_shift, READ),
    ("/board/<int:shift_id>/assignment", board.board_assign, ACT),
    ("/board/move", moves.board_move, FORM),
    ("/board/paper", printing.board_paper, READ),
    ("/board/views/new", board.new_view, FORM),
    ("/board/views/<int:view_id>/edit", board.edit_view, FORM),
    ("/board/views/<int:view_id>/removal", board.remove_view, ACT),
    # Places that the office gives and takes
    ("/<int:shift_id>/assignment", assignments.assign, ACT),
    ("/signups/<int:signup_id>/removal", assignments.remove, FORM),
    ("/person/<int:person_id>", signups.person, READ),
    # Groups and families
    ("/groups", groups.groups, READ),
    ("/groups/new", groups.new_group, FORM),
    ("/groups/<int:group_id>", groups.group, READ),
    ("/groups/<int:group_id>/members", groups.add_members, ACT),
    ("/groups/<int:group_id>/members/<int:person_id>/removal", groups.remove_member, ACT),
    ("/groups/<int:group_id>/link", groups.renew_group_link, ACT),
    ("/groups/<int:group_id>/agreement", groups.agree_to_group, ACT),
    ("/groups/<int:group_id>/leaving", groups.leave_group, ACT),
    ("/groups/join/<token>", groups.join_group, FORM),
    ("/<int:shift_id>/party", parties.party, FORM),
    ("/children", parties.children, READ),
    # A list of people for a shift
    ("/<int:shift_id>/list", importing.list_upload, FORM),
    ("/<int:shift_id>/list/<int:file_id>", importing.list_rows, READ),
    ("/<int:shift_id>/list/<int:file_id>/confirmation", importing.list_confirm, ACT),
    # By the link of a shift
    ("/<int:shift_id>/invitation", invitations.invitation, READ),
    ("/<int:shift_id>/invitation", invitations.invite, ACT),
    ("/<int:shift_id>/invitation/withdrawal", invitations.withdraw_invitation, ACT),
    ("/invited/<token>", invitations.invited, READ),
    ("/invited/<token>/registration", invitations.joining, READ),
    ("/invited/<token>/signup", invitations.invited_sign_up, ACT),
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
