"""One table of what becomes of every row that names a person, when that person's file is joined.

A test walks the metadata: a column that leads to a person and is not declared here fails it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from talent.people.models import RegistrationState
from talent.recognition.models import ApplicationState
from talent.rules.reason import N_
from talent.rules.signup import HOLDING, SignupState
from talent.rules.teams import MemberState
from talent.rules.words import Word
from talent.training.seats.service import MARKS

Row = Mapping[str, Any]
NOW, ACCOUNT, WHY = "@now", "@account", "@why"  # what is known only while files are joined


class Way(Word):
    """What becomes of the rows of the file that is emptied."""

    FOLLOWS = "follows", N_("Goes to the other file")
    LEDGER = "ledger", N_("Moved by entries of its own ledger")
    GONE = "gone", N_("Goes with the old file")
    RECKONED = "reckoned", N_("Computed anew")
    STAYS = "stays", N_("Stays with the old file as history")
    CHOSEN = "chosen", N_("Chosen by whoever joins the files")


class Lost(Word):
    """What becomes of the lesser one of two rows of which only one may be there."""

    REMOVED = "removed", N_("United: its words are kept with the merge")
    ENDED = "ended", N_("Ended, and kept beside the other")
    STAYS = "stays", N_("Stays with the old file")
    RENUMBERED = "renumbered", N_("Numbered after the others")


@dataclass(frozen=True, slots=True)
class Counted:
    """A number on another row that counts rows like these: it is one less when two become one."""

    table: str
    by: str  # the column that leads there
    column: Callable[[Row], str | None]


@dataclass(frozen=True, slots=True)
class Policy:
    """What becomes of the rows of one table. `label` names them in the preview.

    Of two that collide the lowest by `first` stays, of equals the target's; `child` names rows
    that make theirs come first. `drifts` are columns that a timed job may write on meanwhile;
    rows that are not `watched` go back whatever became of them.
    """

    label: str
    way: Way = Way.FOLLOWS
    lost: Lost | None = None
    first: Callable[[Row], Any] | None = None
    child: tuple[str, str] | None = None
    ended: Mapping[str, Any] = field(default_factory=dict)
    counted: Counted | None = None
    numbered: str = ""
    drifts: tuple[str, ...] = ()
    watched: bool = True


def _united(label: str, **more: Any) -> Policy:
    return Policy(label, lost=Lost.REMOVED, **more)


_REGISTRATIONS = [
    RegistrationState.ACTIVE,
    RegistrationState.PAUSED,
    RegistrationState.APPLIED,
    RegistrationState.RETURNED,
    RegistrationState.LEFT,
]
_SIGNUPS = list(SignupState)


def _of_need(row: Row) -> str | None:
    if row["state"] in HOLDING:
        return "taken"
    return "reserved" if row["state"] is SignupState.RESERVE else None


PERSON: dict[tuple[str, str], Policy] = {
    ("account", "person_id"): Policy(N_("Ways to sign in"), Way.CHOSEN),
    ("activity_consent", "guardian_person_id"): Policy(N_("Consents given for children")),
    ("activity_consent", "person_id"): Policy(N_("Consents of a guardian")),
    ("agreement_signature", "person_id"): Policy(N_("Signed agreements"), lost=Lost.STAYS),
    ("appointment", "person_id"): _united(N_("Appointments")),
    ("award", "person_id"): Policy(N_("Awards")),
    ("bank_account", "person_id"): Policy(N_("Time bank"), Way.LEDGER),
    ("calendar_address", "person_id"): _united(N_("Calendar addresses")),
    ("case_count", "person_id"): _united(N_("Counts of cases"), first=lambda row: -row["number"]),
    ("certificate", "person_id"): Policy(
        N_("Certificates"), lost=Lost.ENDED, ended={"batch_id": None}
    ),
    ("certificate_batch_member", "person_id"): Policy(
        N_("Places in batches of certificates"), lost=Lost.STAYS
    ),
    ("claim", "person_id"): _united(N_("Requests for the file")),
    ("consent", "person_id"): Policy(N_("Consents")),
    ("correction_request", "person_id"): Policy(N_("Requests for correction")),
    ("counting_draft_line", "person_id"): Policy(N_("Results of drafts of counting"), Way.STAYS),
    ("credential", "person_id"): Policy(N_("Credentials")),
    ("duplicate_pair", "first_person_id"): Policy(N_("Likely duplicates"), Way.GONE),
    ("duplicate_pair", "second_person_id"): Policy(N_("Likely duplicates"), Way.GONE),
    ("erasure", "person_id"): Policy(N_("Erasures"), Way.STAYS),
    ("free_time", "person_id"): _united(N_("Times that suit")),
    ("handover", "receiver_id"): Policy(N_("Places that are handed on")),
    ("hour_tally", "person_id"): Policy(N_("Sums of hours"), Way.LEDGER),
    ("household_member", "person_id"): _united(N_("Households")),
    ("intake_row", "person_id"): Policy(N_("Rows of imported files"), Way.STAYS),
    ("interview", "person_id"): Policy(N_("Interviews")),
    ("invitation", "person_id"): Policy(N_("Links to an account")),
    ("ledger_entry", "person_id"): Policy(N_("Entries of the ledger"), Way.LEDGER),
    ("likeness", "person_id"): Policy(N_("Marks of likeness"), Way.RECKONED),
    ("merge", "source_person_id"): Policy(N_("Joined files"), Way.STAYS),
    ("merge", "target_person_id"): Policy(N_("Joined files"), Way.STAYS),
    ("message", "person_id"): Policy(N_("Messages"), watched=False),
    ("name_key", "person_id"): Policy(N_("Ways to find the name"), Way.GONE),
    ("national_entry", "person_id"): Policy(N_("Records in the designated system")),
    ("national_volunteer", "person_id"): _united(N_("Numbers of the designated system")),
    ("people_act_part", "person_id"): _united(N_("Acts upon many people")),
    ("person", "guardian_id"): Policy(N_("Children")),
    ("person", "merged_into_person_id"): Policy(N_("Files joined before"), Way.STAYS),
    ("person_area", "person_id"): _united(N_("Areas to serve in")),
    ("person_category", "person_id"): _united(N_("Kinds of service")),
    ("person_change", "person_id"): Policy(N_("Changes of the file")),
    ("person_code", "person_id"): _united(N_("Personal codes")),
    ("person_language", "person_id"): _united(N_("Languages")),
    ("person_office", "person_id"): _united(N_("Offices that know the person")),
    ("person_skill", "person_id"): _united(N_("Skills that shifts ask for")),
    ("privacy_request", "person_id"): Policy(N_("Requests about personal data")),
    ("proposed_place", "person_id"): _united(N_("Proposed places")),
    ("quiz_attempt", "person_id"): Policy(
        N_("Attempts at quizzes"), lost=Lost.RENUMBERED, numbered="number"
    ),
    ("rating", "person_id"): _united(N_("Ratings given")),
    ("registration", "person_id"): _united(
        N_("Registrations"),
        first=lambda row: (_REGISTRATIONS.index(row["state"]), row["applied_at"]),
    ),
    ("registration_step", "person_id"): Policy(N_("Steps of applications")),
    ("service_evaluation", "person_id"): Policy(N_("Evaluations of service")),
    ("service_record", "person_id"): Policy(N_("Service records"), Way.LEDGER),
    ("session_evaluator", "person_id"): _united(N_("Evaluations of training")),
    ("signup", "person_id"): Policy(
        N_("Sign-ups"),
        lost=Lost.ENDED,
        first=lambda row: _SIGNUPS.index(row["state"]),
        child=("attendance", "signup_id"),
        ended={"state": SignupState.CANCELLED, "ended_at": NOW, "answer_by": None},
        counted=Counted("shift_need", "need_id", _of_need),
        drifts=("passed_over", "answer_by"),
    ),
    ("social_work_registration", "person_id"): _united(N_("Registrations of social workers")),
    ("star_application", "person_id"): Policy(
        N_("Applications for stars"),
        lost=Lost.ENDED,
        ended={"state": ApplicationState.TAKEN_BACK, "decided_at": NOW, "reason": WHY},
    ),
    ("star_grant", "person_id"): Policy(
        N_("Stars and medals"),
        lost=Lost.ENDED,
        first=lambda row: row["granted_at"],
        ended={"withdrawn_at": NOW, "withdrawn_by": ACCOUNT, "withdrawn_why": WHY},
        drifts=("doubtful_since", "minutes_now"),
    ),
    ("stopped_message", "person_id"): _united(N_("Messages that are not wanted")),
    ("substitute_call", "person_id"): _united(N_("Calls to step in"), drifts=("state",)),
    ("team_member", "person_id"): _united(
        N_("Memberships of teams"),
        first=lambda row: row["state"] is not MemberState.ACTIVE,
    ),
    ("training_record", "person_id"): Policy(N_("Training records")),
    ("training_seat", "person_id"): _united(
        N_("Places in training"),
        child=("training_record", "seat_id"),
        first=lambda row: row["state"] not in MARKS,
        counted=Counted(
            "training_session", "session_id", lambda row: "taken" if row["state"] in MARKS else None
        ),
    ),
    ("volunteer_group", "contact_id"): Policy(N_("Groups to speak for")),
    ("volunteer_group_member", "person_id"): _united(N_("Memberships of groups")),
}

# The same for accounts, when both files have one and the other one is closed.
ACCOUNTS: dict[tuple[str, str], Policy] = {
    ("account_session", "account_id"): Policy(N_("Devices that are signed in"), Way.STAYS),
    ("code_app", "account_id"): Policy(N_("Apps for sign-in codes"), Way.STAYS),
    ("factor_removal", "account_id"): Policy(N_("Requests to take a second step away"), Way.STAYS),
    ("invitation", "account_id"): Policy(N_("Links to an account"), Way.STAYS),
    ("message", "account_id"): Policy(N_("Messages"), Way.STAYS),
    ("passkey", "account_id"): Policy(N_("Passkeys"), Way.STAYS),
    ("people_act", "made_by"): Policy(N_("Acts upon many people"), Way.STAYS),
    ("people_filter", "account_id"): _united(N_("Saved filters")),
    ("people_list_choice", "account_id"): _united(N_("Columns of lists")),
    ("recovery_code", "account_id"): Policy(N_("Recovery codes"), Way.STAYS),
    # Nobody gets a role because files are joined: whoever may grant roles gives it anew.
    ("role_grant", "account_id"): Policy(N_("Roles"), Way.STAYS),
    ("saved_view", "account_id"): _united(N_("Saved views")),
}

# The columns of a person, as they are chosen: those of a group belong together.
FIELDS: dict[str, tuple[str, ...]] = {
    "name": ("name", "sort_key"),
    "sex": ("sex",),
    "birth_date": ("birth_date",),
    "document": ("document_kind", "document", "document_index"),
    "phone": ("phone", "phone_index", "phone_tail_index"),
    "email": ("email",),
    "area": ("area",),
    "skills": ("skills",),
    "guardian": ("guardian_name", "guardian_phone", "guardian_relation", "guardian_id"),
    "emergency": ("emergency_name", "emergency_phone", "emergency_relation"),
    "photograph": ("photo_id",),
    "home_office": ("home_office_id",),
    "language": ("language",),
}
LABELS = {
    "name": N_("Name"),
    "sex": N_("Sex"),
    "birth_date": N_("Birth date"),
    "document": N_("Identity document"),
    "phone": N_("Phone"),
    "email": N_("Mail address"),
    "area": N_("Area of residence"),
    "skills": N_("Other skills"),
    "guardian": N_("Guardian"),
    "emergency": N_("Contact for emergencies"),
    "photograph": N_("Photograph"),
    "home_office": N_("Main office"),
    "language": N_("Language of messages"),
}
# What a file is, whoever it is about. The name stays, so that one sees whose it was.
OWN = (
    "id", "volunteer_no", "entered_by", "made_at", "changed_at", "merged_into_person_id",
    "restricted_at", "anonymised_at",
)  # fmt: skip
KEPT_WHEN_EMPTY = ("name", "sort_key", "language")
# Rows that others go on writing on: they are put back column by column.
BY_COLUMNS = ("person", "account")
DRIFTS = {table: policy.drifts for (table, _), policy in PERSON.items() if policy.drifts}
