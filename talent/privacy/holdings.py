"""What is kept of a person, table by table: what it is, why, on what ground, and how it ends.

A test walks the metadata: a table with rows of a person that is not declared here fails it.
"""

from __future__ import annotations

from dataclasses import dataclass

from talent.rules.reason import N_
from talent.rules.words import Word


class Why(Word):
    """What a person's data is kept for, and the ground in law."""

    KNOWN = "known", N_("To know who serves and how to reach them (Order 67 Art. 5)")
    AGREED = "agreed", N_("To prove who agreed to what, and when (PIPL Art. 14 to 17)")
    PLANNED = "planned", N_("To plan shifts and see who comes (Regulations Art. 12 and 15)")
    RECORDED = "recorded", N_("To record and certify service (Order 67 Art. 7 to 16)")
    TRAINED = "trained", N_("To see who is trained and qualified (Order 67 Art. 8)")
    HONOURED = "honoured", N_("To evaluate and honour service (Order 67 Art. 9)")
    EMPLOYED = "employed", N_("To compare the staff with the standard in force (2021 plan)")
    TOLD = "told", N_("To tell people what concerns them")
    BANKED = "banked", N_("To keep the time bank and the ratings that people use")
    SECURED = "secured", N_("To let the right person in and to show what was done (PIPL Art. 51)")


class Ends(Word):
    """What becomes of it when records need not be kept any more."""

    KEPT = "kept", N_("Stays without a name: numbers and days for the statistics")
    EMPTIED = "emptied", N_("Words that could name the person are emptied")
    REMOVED = "removed", N_("Is deleted")


@dataclass(frozen=True, slots=True)
class Holding:
    """One table: what it is called, why it is kept, how it ends, and which columns are emptied."""

    label: str
    why: Why
    ends: Ends = Ends.KEPT
    emptied: tuple[str, ...] = ()
    files: tuple[str, ...] = ()  # columns with files that are deleted


def _emptied(label: str, why: Why, *columns: str, files: tuple[str, ...] = ()) -> Holding:
    return Holding(label, why, Ends.EMPTIED, (*columns, *files), files)


def _removed(label: str, why: Why) -> Holding:
    return Holding(label, why, Ends.REMOVED)


HOLDINGS: dict[str, Holding] = {
    "person": Holding(N_("Particulars"), Why.KNOWN, Ends.EMPTIED),
    "account": Holding(N_("Ways to sign in"), Why.SECURED, Ends.EMPTIED),
    "role_grant": Holding(N_("Roles"), Why.SECURED),
    "account_session": _removed(N_("Devices that are signed in"), Why.SECURED),
    "code_app": _removed(N_("Apps for sign-in codes"), Why.SECURED),
    "recovery_code": _removed(N_("Recovery codes"), Why.SECURED),
    "passkey": _removed(N_("Passkeys"), Why.SECURED),
    "factor_removal": _emptied(N_("Requests to take a second step away"), Why.SECURED, "why"),
    "saved_view": _removed(N_("Saved filters of the board"), Why.SECURED),
    "people_filter": _removed(N_("Saved filters of people"), Why.SECURED),
    "people_list_choice": _removed(N_("Chosen columns"), Why.SECURED),
    "people_act": Holding(N_("Acts upon many people"), Why.SECURED),
    "people_act_part": _removed(N_("What acts upon many people changed"), Why.SECURED),
    "person_change": _removed(N_("Changes of the file"), Why.SECURED),
    "person_code": _removed(N_("Personal codes"), Why.PLANNED),
    "calendar_address": _removed(N_("Calendar addresses"), Why.TOLD),
    "name_key": _removed(N_("Ways to find the name"), Why.KNOWN),
    "likeness": _removed(N_("Marks of likeness"), Why.KNOWN),
    "duplicate_pair": _removed(N_("Likely duplicates"), Why.KNOWN),
    "merge": _emptied(N_("Joined files"), Why.SECURED, "why", "undone_why", "left"),
    "merge_step": _removed(N_("What joining files changed"), Why.SECURED),
    "person_office": Holding(N_("Offices that know the person"), Why.KNOWN),
    "person_area": _removed(N_("Areas to serve in"), Why.PLANNED),
    "person_category": _removed(N_("Kinds of service"), Why.PLANNED),
    "person_language": _removed(N_("Languages"), Why.PLANNED),
    "person_skill": _removed(N_("Skills that shifts ask for"), Why.PLANNED),
    "free_time": _removed(N_("Times that suit"), Why.PLANNED),
    "claim": _removed(N_("Requests for the file"), Why.SECURED),
    "invitation": _removed(N_("Links to an account"), Why.SECURED),
    "registration": _emptied(N_("Registrations"), Why.KNOWN, "reason"),
    "registration_step": _emptied(N_("Steps of applications"), Why.KNOWN, "note"),
    "interview": _removed(N_("Interviews"), Why.KNOWN),
    "consent": _emptied(N_("Consents"), Why.AGREED, "given_by", files=("evidence_id",)),
    "activity_consent": _emptied(N_("A guardian's consents to activities"), Why.AGREED, "given_by"),
    "agreement_signature": _emptied(N_("Signed agreements"), Why.AGREED, "signed_by"),
    "privacy_request": _emptied(N_("Requests about one's data"), Why.AGREED, "said", "answer"),
    "erasure": Holding(N_("That the data was anonymised"), Why.AGREED),
    "erasure_office": Holding(N_("Who reads that the data was anonymised"), Why.AGREED),
    "household_member": _removed(N_("Households"), Why.KNOWN),
    "intake_row": _removed(N_("Rows of imported files"), Why.KNOWN),
    "team_member": _emptied(N_("Memberships of teams"), Why.PLANNED, "reason"),
    "volunteer_group": Holding(N_("Groups"), Why.PLANNED),
    "volunteer_group_member": _removed(N_("Memberships of groups"), Why.PLANNED),
    "signup": _emptied(N_("Sign-ups"), Why.PLANNED, "note", "override_reason"),
    "attendance": _emptied(N_("Signing in and out"), Why.RECORDED, "in_device", "out_device"),
    "queued_act": _removed(N_("Taps on a phone or kiosk"), Why.RECORDED),
    "handover": _emptied(N_("Places that are handed on"), Why.PLANNED, "note", "declined"),
    "proposed_place": _removed(N_("Proposed places"), Why.PLANNED),
    "substitute_call": Holding(N_("Calls to step in"), Why.PLANNED),
    "service_record": _emptied(N_("Service records"), Why.RECORDED, "evidence", "answer"),
    "record_change": Holding(N_("Changes of records"), Why.RECORDED),
    "record_flag": _emptied(N_("Doubts about records"), Why.RECORDED, "finding"),
    "ledger_entry": Holding(N_("Entries of the ledger"), Why.RECORDED),
    "hour_tally": Holding(N_("Sums of hours"), Why.RECORDED),
    "counting_draft_line": Holding(N_("Results of drafts of counting"), Why.RECORDED),
    "correction_request": _emptied(
        N_("Requests for correction"),
        Why.RECORDED,
        "wrong",
        "evidence",
        "wished",
        "answer",
        files=("file_id",),
    ),
    "correction_step": Holding(N_("The course of corrections"), Why.RECORDED),
    "certificate": Holding(N_("Certificates"), Why.RECORDED, Ends.EMPTIED),
    "certificate_line": Holding(N_("Lines of certificates"), Why.RECORDED),
    "certificate_register": Holding(N_("Entries of the register"), Why.RECORDED),
    "certificate_batch_member": _removed(N_("Places in batches of certificates"), Why.RECORDED),
    "national_volunteer": _removed(N_("Numbers of the designated system"), Why.RECORDED),
    "national_entry": Holding(N_("Records in the designated system"), Why.RECORDED),
    "national_event": Holding(N_("What was sent to the designated system"), Why.RECORDED),
    "training_seat": Holding(N_("Sign-ups for training"), Why.TRAINED),
    "training_presence": Holding(N_("Presence in training"), Why.TRAINED),
    "training_record": _emptied(
        N_("Training records"), Why.TRAINED, "ended_why", files=("file_id",)
    ),
    "quiz_attempt": _removed(N_("Attempts at quizzes"), Why.TRAINED),
    "session_evaluator": _removed(N_("Who has evaluated a training"), Why.TRAINED),
    "credential": _emptied(
        N_("Credentials"), Why.TRAINED, "number", "result", "ended_why", files=("file_id",)
    ),
    "social_work_registration": _emptied(
        N_("Registrations of social workers"), Why.TRAINED, "number", "ended_why"
    ),
    "award": _emptied(N_("Awards"), Why.HONOURED, "withdrawn_why"),
    "service_evaluation": _emptied(N_("Evaluations of service"), Why.HONOURED, "remark"),
    "star_application": _emptied(N_("Applications for stars"), Why.HONOURED, "reason"),
    "star_grant": _emptied(N_("Stars and medals"), Why.HONOURED, "kept_why", "withdrawn_why"),
    "appointment": _emptied(N_("Appointments"), Why.EMPLOYED, "post"),
    "case_count": Holding(N_("Counts of cases"), Why.EMPLOYED),
    "staffing_draft_change": Holding(N_("Drafts of staffing"), Why.EMPLOYED),
    "planned_post_filling": Holding(N_("Planned posts that were filled"), Why.EMPLOYED),
    "message": _removed(N_("Messages"), Why.TOLD),
    "stopped_message": _removed(N_("Messages not wanted"), Why.TOLD),
    "bank_account": Holding(N_("Time bank"), Why.BANKED),
    "bank_entry": Holding(N_("Entries of the time bank"), Why.BANKED),
    "bank_request": _emptied(N_("Requests to the time bank"), Why.BANKED, "what", "answer"),
    "bank_donation": _emptied(N_("Donations of banked time"), Why.BANKED, "note"),
    "bank_gift": _emptied(N_("Gifts from the common pool"), Why.BANKED, "reason"),
    "rating": _emptied(N_("Ratings"), Why.BANKED, "text", "answer", "device_index"),
}

# Columns that lead to a person and whose rows are another one's: (table, column): why not given.
OTHERS: dict[tuple[str, str], str] = {
    ("person", "guardian_id"): N_("A child's data is given for the child."),
    ("person", "merged_into_person_id"): N_("An emptied file of the same person."),
    ("activity_consent", "guardian_person_id"): N_("A child's data is given for the child."),
    ("duplicate_pair", "first_person_id"): N_("It names another person as well."),
    ("duplicate_pair", "second_person_id"): N_("It names another person as well."),
    ("merge_step", "merge_id"): N_("Copies of rows that are given themselves."),
    ("likeness", "person_id"): N_("Marks that say nothing without the key of the office."),
    ("session_evaluator", "person_id"): N_("Evaluations of training are anonymous."),
    ("bank_donation", "receiver_id"): N_("Who gives may stay unnamed."),
    ("bank_gift", "pool_id"): N_("Gifts to others."),
    ("planned_post_filling", "appointment_id"): N_("Plans of the office."),
    ("staffing_draft_change", "appointment_id"): N_("Drafts of the office."),
    ("people_act", "made_by"): N_("Work done for the office."),
    ("certificate_line", "record_id"): N_("Given with the certificate."),
    ("certificate_line", "training_record_id"): N_("Given with the certificate."),
    ("bank_entry", "record_id"): N_("Given with the time bank."),
    ("bank_entry", "ledger_entry_id"): N_("Given with the time bank."),
    ("bank_entry", "request_id"): N_("Given with the time bank."),
    ("bank_entry", "gift_id"): N_("Given with the time bank."),
    ("bank_entry", "donation_id"): N_("Given with the time bank."),
    ("bank_entry", "source_id"): N_("Given with the time bank."),
    ("correction_step", "record_id"): N_("Given with the request."),
    ("signup", "group_id"): N_("Sign-ups of others in a group."),
    ("volunteer_group_member", "group_id"): N_("Others in a group."),
    ("people_act_part", "act_id"): N_("Work done for the office."),
}
# Of these, what is not erased with the person either.
ANOTHERS = frozenset(
    {
        ("activity_consent", "guardian_person_id"), ("bank_donation", "receiver_id"),
        ("bank_gift", "pool_id"), ("people_act", "made_by"), ("people_act_part", "act_id"),
        ("signup", "group_id"), ("volunteer_group_member", "group_id"),
        ("staffing_draft_change", "appointment_id"), ("planned_post_filling", "appointment_id"),
    }
)  # fmt: skip
# Words that stay: they say what was done and why, and who types them is told to name nobody.
SPOKEN = frozenset(
    (table, column)
    for table, columns in {
        "activity_consent": "weekdays",
        "award": "name unit",
        "bank_donation": "once",
        "certificate": "number once",
        "certificate_line": "said",
        "consent": "version",
        "correction_request": "activity",
        "correction_step": "said",
        "credential": "classes issuer",
        "handover": "why",
        "ledger_entry": "digest evidence reason",
        "merge": "counts",
        "national_entry": "activity content number organiser person_in_charge place reason",
        "national_event": "number reason",
        "people_act": "once title wish",
        "person": "volunteer_no",
        "record_change": "field new old reason",
        "record_flag": "facts",
        "service_record": "activity content organiser person_in_charge place reasons",
        "signup": "overridden overridden_reasons passed_over",
        "staffing_draft_change": "measure",
        "star_application": "period",
        "star_grant": "number period",
        "training_record": "content name organiser",
        "volunteer_group": "code name",
    }.items()
    for column in columns.split()
)
# What a person cannot read or what would let others in.
LEFT_OUT = frozenset({"password_hash", "secret", "token", "digest", "epoch", "once", "claimed_by"})
# Why each particular is kept: what is not named here belongs to the running of the software.
PARTICULARS: dict[str, str] = {
    "volunteer_no": N_("Stands for the person, so that the identity number need not be used."),
    "name": N_("Stands on records and certificates."),
    "sex": N_("Asked for by Order 67 Art. 5."),
    "birth_date": N_("Shows who is a minor, on each day."),
    "document": N_("Tells people apart, and stands on the certificate if the person wishes."),
    "phone": N_("To reach the person about a shift."),
    "email": N_("To send messages."),
    "area": N_("Asked for by Order 67 Art. 5, roughly."),
    "skills": N_("Asked for by Order 67 Art. 5."),
    "guardian_name": N_("Who speaks for a minor."),
    "guardian_phone": N_("To reach the guardian."),
    "guardian_relation": N_("Who speaks for a minor."),
    "emergency_name": N_("Whom to call in an emergency; may be left out."),
    "emergency_phone": N_("Whom to call in an emergency; may be left out."),
    "emergency_relation": N_("Whom to call in an emergency; may be left out."),
    "photo_id": N_("To know each other at the door; may be left out."),
    "language": N_("In which language messages are written."),
}
