"""The doors of shifts: one table of addresses, whose views live with their nouns."""

from __future__ import annotations

from flask import Blueprint

from talent.shifts.assignments import views as assignments
from talent.shifts.attendance import views as attendance
from talent.shifts.board import views as board
from talent.shifts.browsing import views as browsing
from talent.shifts.calls import views as calls
from talent.shifts.closures import views as closures
from talent.shifts.copying import views as copying
from talent.shifts.fitting import views as fitting
from talent.shifts.forgotten import views as forgotten
from talent.shifts.groups import views as groups
from talent.shifts.handovers import views as handovers
from talent.shifts.importing import views as importing
from talent.shifts.invitations import views as invitations
from talent.shifts.modes import views as modes
from talent.shifts.moves import views as moves
from talent.shifts.nearby import views as nearby
from talent.shifts.needs import views as needs
from talent.shifts.offers import views as offers
from talent.shifts.parties import views as parties
from talent.shifts.planning import views as planning
from talent.shifts.printing import views as printing
from talent.shifts.projects import views as projects
from talent.shifts.revising import views as revising
from talent.shifts.series import views as series
from talent.shifts.sheets import views as sheets
from talent.shifts.signups import views as signups
from talent.shifts.splitting import views as splitting
from talent.shifts.substitutes import views as substitutes
from talent.shifts.templates import views as templates
from talent.shifts.undoing import views as undoing
from talent.shifts.waiting import views as waiting
from talent.shifts.ways import views as ways

bp = Blueprint("shifts", __name__, url_prefix="/shifts")

READ, FORM, ACT = ["GET"], ["GET", "POST"], ["POST"]

for address, view, methods in (
    # What volunteers see and do
    ("/", browsing.index, READ),
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
    ("/calls", calls.calls, READ),
    ("/calls/<int:call_id>", calls.call, READ),
    ("/calls/<int:call_id>/acceptance", calls.accept_call, ACT),
    ("/calls/<int:call_id>/refusal", calls.decline_call, ACT),
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
    ("/<int:shift_id>/signing", modes.signing, FORM),
    ("/<int:shift_id>/calling-off", planning.call_off, FORM),
    # Many shifts at once
    ("/projects/<int:project_id>/series/new", series.new_series, FORM),
    ("/series/<int:series_id>/extension", series.extend_series, FORM),
    ("/<int:shift_id>/series", revising.revise, FORM),
    ("/projects/<int:project_id>/split", splitting.split, FORM),
    ("/copying", copying.copy, FORM),
    ("/closures/new", closures.close_days, FORM),
    ("/templates", templates.templates, READ),
    ("/projects/<int:project_id>/templates/new", templates.new_template, FORM),
    ("/templates/<int:template_id>/use", templates.use_template, FORM),
    ("/templates/<int:template_id>/removal", templates.remove_template, ACT),
    ("/acts", undoing.acts, READ),
    ("/acts/<int:batch_id>/undoing", undoing.undo, ACT),
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
    ("/signups/<int:signup_id>/departure/confirmation", forgotten.confirm_out, ACT),
    ("/signups/<int:signup_id>/departure/other", forgotten.say_out, FORM),
    ("/signups/<int:signup_id>/departure/acceptance", forgotten.accept_out, ACT),
    ("/<int:shift_id>/sheet", sheets.sheet, FORM),
    ("/<int:shift_id>/sheet/pictures", sheets.attach_sheet, ACT),
    ("/sheets/<int:sheet_id>", sheets.sheet_picture, READ),
    ("/<int:shift_id>/location", nearby.sign_here, ACT),
):
    bp.add_url_rule(address, view_func=view, methods=methods)
