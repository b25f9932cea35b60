"""Who comes in at which door: written out by hand, door by door, so that a wrong policy is seen.

No command writes this file. Who adds a door adds it here, where the reader would look for it, and
not because the code says so. The doors of a feature stand in one line, by their short names.
"""

# Without an account.
EVERYBODY = """
-: healthz metrics readyz robots security
accounts: first_start forgot open_link passkey reset second_step sign_in sign_out sign_up
calendars: feed
certificates: badge_status check check_file code key_pem keys office_keys offline offline_keys
  verify worker
checkin: ask kiosk kiosk_bring kiosk_token pair scan take_kiosk worker
messages: stop stopped
people: notices
preferences: change
privacy: kept
ratings: guest guest_answer project thanks
recognition: roll
reports: components index public_yearly public_yearly_pdf
shifts: answer answered invited
training: scan
"""

# Whoever has an account: one's own things.
SIGNED_IN = """
accounts: codes end_app end_others end_session everywhere factors login new_app new_passkey password
  remove_passkey renew_codes sessions set_up_step settings
calendars: end_mine mine renew_mine shift
certificates: attendance badge badges index issue_child pdf show
checkin: me renew
corrections: appeal ask evidence mine missing show
counting: index show
guardians: index permit show withdraw
hours: child index record
messages: choose preferences
national: record
people: agreement change claim claim_letter claim_take consents free_times give history leave me
  photograph picture profile reapply register remove_photograph sign withdraw
privacy: ask mine take
ratings: mine rate
recognition: apply child grant index pdf take_back
renewals: mine
shifts: add_members agree_to_group cancel children confirm confirm_out for_me give_up group groups
  index invited_sign_up join_group joining leave_group mine new_group party remove_member
  renew_group_link say_out scan show sign_here
teams: join leave mine own
timebank: ask cancel check_donation donate mine statement
training: answer attending begin_quiz come continuing credential door evaluate finish give_back
  hand_in leave material mine new_own_credential new_own_record paper question quiz_start
  record_paper result shown_paper shown_record_paper take wait withdraw_credential
"""

# Volunteers.
VOLUNTEERS = """
shifts: accept_call accept_handover accept_offer call calls decline_call decline_handover
  decline_offer hand_on handover handovers keep sign_up stand_by stay_away wait withdraw_handover
"""

# Who leads shifts, and the office above.
LEADERS = """
checkin: bring code person sheet take take_person taps token
recording: close
shifts: accept_out arrive attach_sheet leave miss sheet times walk_in
"""

# The same and who audits: to look only.
LEADERS_AND_AUDITORS = """
calendars: office project
offices: calendar categories index rules show
people: skills
ratings: link
shifts: board board_paper board_shift edit_view new_view poster project projects remove_view
  roster sheet_picture ways
"""

# Who works in the office.
COORDINATORS = """
amending: edit
approvals: approve index
calendars: end_office end_project renew_office renew_project
certificates: batch batches cancel_batch issue joined_batch new_batch of_session resume_batch
  zip_of_batch zip_of_session
checkin: kiosk_page kiosks open_pairing revoke
corrections: answer take_up
directory: act acts new_act stop_act undo_act
guardians: on_paper withdraw_paper
intake: cancel confirm index mapping rejected show
messages: again
national: answer file look new_answer send take_answer withdraw
people: application applications approve claim_confirm claim_refuse edit end interview invite new
  pause put_back refer resume send_back sign_on_paper take
privacy: answer waiting
ratings: answer
recognition: evaluate evaluate_shift new_award verify_award withdraw_award
recording: enter
renewals: drop_line edit_requirement end_requirement new_line new_plan new_requirement remind
review: approve correct refuse settle
rosters: drop index new show stop take
shifts: acts add_position approvals approve_handover assign board_assign board_move call_off
  close_days close_project copy edit edit_position edit_project extend_series invitation invite
  list_confirm list_rows list_upload need new new_project new_series new_template open_project
  publish publish_all refuse_handover remove remove_position remove_template revise search signing
  split stop_search substitutes templates undo use_template withdraw_invitation
staffing: remark_draft
teams: accept edit end member new new_member role turn_down
timebank: approve_gift book give give_back refuse_gift take
training: add_seat attended cancel_session code edit edit_question edit_session end_material
  end_prerequisite end_question keep_list materials missed new new_credential new_question
  new_record new_registration new_session parts prerequisites questions questions_confirm
  questions_example questions_rows quiz refuse_credential refuse_record refuse_registration
  remove_part remove_seat seat verify verify_record verify_registration withdraw_record
"""

# The same and who audits: to look, and to take a list away.
COORDINATORS_AND_AUDITORS = """
certificates: person register register_export register_paper
corrections: index
directory: columns edit_filter export new_filter remove_filter
guardians: of_person
hours: person
indicators: alongside ceilings definitions figures index paper service services sheet show
  workload
messages: index
national: batch batches index mapping mappings records
operation: index
people: agreements index show
proofs: index show
ratings: index projects
recognition: application applications award awards evaluations granted paper person schemes
reminding: index
renewals: export index person plan plans requirement requirements
reports: yearly yearly_export yearly_pdf
review: index overdue part
shifts: person
staffing: ages appointments draft drafts export forecast forecast_office heat index moves person
  plan planned_figures plans population show standard_templates standards why
teams: index person show
timebank: account account_statement index pool requests
training: continuing_of credentials evaluations index kinds paper_list person queue record session
  sessions show social_workers
"""

# Who answers for the office.
MANAGERS = """
certificates: end_seal replace_keys revoke seal seal_picture seals withdraw_key
corrections: decide
indicators: define edit_figure end_ceiling end_target enter_cases new_ceiling new_target
  new_work_kind state state_served turn
lab: drop edit export index new put show
merging: ask_again compare index joined part person preview show tell_apart
national: new_mapping
offices: category fill_calendar new_category remove_day rule set_day
people: identity new_agreement new_skill skill
privacy: take_out
recognition: end_scheme keep new_scheme refuse take withdraw
reports: publish_yearly
shifts: edit_way new_way remove_way
staffing: answer_draft appointment_rows change_draft confirm_appointments confirm_population
  drop_draft drop_planned_figure edit_age edit_appointment edit_figure end_appointment
  end_standard fill_planned_post give_up_planned_post import_appointments import_population
  new_age new_appointment new_draft new_figure new_planned_figure new_planned_post new_standard
  plan_draft population_rows rebase_draft share_draft take_moves unchange_draft
"""

# Who audits.
AUDITORS = """
privacy: anonymised
reports: act audit audit_export
"""

# Who gives roles.
ADMINISTRATORS = """
accounts: agree_to_take close end_grant grant index invite invite_again let_in reopen show take_step
offices: edit new
training: edit_kind new_kind
"""

STAFF = "leader coordinator manager auditor administrator"
ACCOUNTS = f"newcomer pending volunteer other_volunteer social_worker next_door {STAFF}"
# Whom the app takes for whom: without an account is also who holds a tablet, and whose account is
# closed. The volunteer is a child's guardian as well.
ROLES = f"stranger kiosk deactivated {ACCOUNTS}".split()
_COORDINATING = "coordinator next_door manager administrator"
COMES_IN = [
    (EVERYBODY, ROLES),
    (SIGNED_IN, ACCOUNTS.split()),
    (VOLUNTEERS, ["volunteer", "other_volunteer"]),
    (LEADERS, f"leader {_COORDINATING}".split()),
    (LEADERS_AND_AUDITORS, f"leader auditor {_COORDINATING}".split()),
    (COORDINATORS, _COORDINATING.split()),
    (COORDINATORS_AND_AUDITORS, f"auditor {_COORDINATING}".split()),
    (MANAGERS, ["manager", "administrator"]),
    (AUDITORS, ["auditor", "administrator"]),
    (ADMINISTRATORS, ["administrator"]),
]


def _doors(text):
    feature = ""
    for word in text.split():
        if word.endswith(":"):
            feature = word[:-1]
        else:
            yield word if feature == "-" else f"{feature}.{word}"


DOORS = [(door, frozenset(roles)) for text, roles in COMES_IN for door in _doors(text)]
WHO = dict(DOORS)
