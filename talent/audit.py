"""What was done, by whom, when: an append-only list, written in the transaction of the act."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import JSON, ForeignKey, Index, String, insert
from sqlalchemy.orm import Mapped, mapped_column

from talent import metrics
from talent.backup import numbers
from talent.db import Model, db, words, wrote
from talent.growing import only_grows
from talent.rules.reason import N_
from talent.rules.words import Word

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

    from talent.access import Actor


class Act(Word):
    """Every kind of act that leaves a trace. One list, so that an auditor can read it whole."""

    SIGNED_IN = "account.signed-in", N_("Signed in to an account")
    SIGN_IN_FAILED = "account.sign-in-failed", N_("Failed to sign in")
    SIGNED_OUT_EVERYWHERE = "account.signed-out-everywhere", N_("Signed out everywhere")
    ACCOUNT_MADE = "account.made", N_("Made an account")
    ACCOUNT_CHANGED = "account.changed", N_("Changed an account")
    PASSWORD_CHANGED = "account.password-changed", N_("Changed a password")
    PROVED_AGAIN = "account.proved-again", N_("Showed again who signed in")
    SESSION_ENDED = "account.session-ended", N_("Signed out a device")
    FACTOR_CHANGED = "account.factor-changed", N_("Changed a second step of signing in")
    FACTOR_FAILED = "account.factor-failed", N_("Failed at the second step of signing in")
    FACTOR_TAKING_ASKED = (
        "account.factor-taking-asked",
        N_("Asked to take the second step from an administrator"),
    )
    FACTOR_TAKEN = "account.factor-taken", N_("Took the second step of signing in from somebody")
    TRIES_FORGOTTEN = "account.tries-forgotten", N_("Let somebody try to sign in again")
    TURNED_AWAY = "account.turned-away", N_("Was turned away")
    RESET_ASKED = "account.reset-asked", N_("Asked for a new password")
    ROLE_GRANTED = "role.granted", N_("Granted a role")
    ROLE_ENDED = "role.ended", N_("Ended a role")
    OFFICE_MADE = "office.made", N_("Added an office")
    OFFICE_CHANGED = "office.changed", N_("Changed an office")
    RULE_SET = "office.rule-set", N_("Set what holds at an office")
    DRAFT_IN_FORCE = "office.draft-in-force", N_("Put a draft of counting in force")
    CALENDAR_CHANGED = "calendar.changed", N_("Changed the work calendar")
    CATEGORY_CHANGED = "category.changed", N_("Changed a service category")
    SKILL_CHANGED = "skill.changed", N_("Changed a skill of the vocabulary")
    PERSON_ADDED = "person.added", N_("Added a person")
    PERSON_CHANGED = "person.changed", N_("Changed a person's details")
    PERSON_CLAIMED = "person.claimed", N_("Moved a request for records")
    IDENTITY_SEEN = "person.identity-seen", N_("Looked at an identity number")
    REGISTRATION_MOVED = "registration.moved", N_("Moved a registration")
    APPLICATION_HANDLED = "registration.handled", N_("Took a step with an application")
    AGREEMENT_PUBLISHED = "agreement.published", N_("Published an agreement with volunteers")
    AGREEMENT_SIGNED = "agreement.signed", N_("Signed an agreement")
    PHOTOGRAPH_KEPT = "photograph.kept", N_("Kept a photograph")
    PHOTOGRAPH_REMOVED = "photograph.removed", N_("Removed a photograph")
    TEAM_CHANGED = "team.changed", N_("Changed a team")
    TEAM_MEMBER_MOVED = "team.member-moved", N_("Moved a membership of a team")
    CONSENT_GIVEN = "consent.given", N_("Gave a consent")
    CONSENT_WITHDRAWN = "consent.withdrawn", N_("Withdrew a consent")
    IMPORTED = "import.confirmed", N_("Imported a file")
    COURSE_CHANGED = "course.changed", N_("Changed a course or session")
    QUIZ_TAKEN = "training.quiz-taken", N_("Took a quiz")
    TRAINING_RECORDED = "training.recorded", N_("Recorded training")
    CREDENTIAL_CHANGED = "credential.changed", N_("Changed a credential")
    CREDENTIAL_VERIFIED = "credential.verified", N_("Verified a credential")
    TRAINING_VERIFIED = "training.verified", N_("Verified outside training")
    KIND_CHANGED = "credential.kind-changed", N_("Changed a kind of credential")
    REQUIREMENT_CHANGED = "training.requirement-changed", N_("Changed a training requirement")
    PLAN_CHANGED = "training.plan-changed", N_("Changed a training plan")
    LAPSE_TOLD = "credential.lapse-told", N_("Reminded somebody of what lapses")
    APPOINTMENT_CHANGED = "appointment.changed", N_("Changed an appointment")
    POPULATION_CHANGED = "population.changed", N_("Changed a population figure")
    STANDARD_CHANGED = "standard.changed", N_("Changed a standard")
    AGE_CHANGED = "retirement.changed", N_("Changed an age of retirement")
    STAFFING_PLANNED = "staffing.planned", N_("Planned, filled or gave up a post")
    STAFFING_DRAFTED = "staffing.drafted", N_("Moved a draft of staffing")
    DATA_TAKEN = "data.taken", N_("Took out all data of a person")
    DATA_ASKED = "data.asked", N_("Asked something about the data kept")
    DATA_ANSWERED = "data.answered", N_("Answered what was asked about data")
    DATA_RESTRICTED = "data.restricted", N_("Restricted the data of a person who left")
    DATA_ANONYMISED = "data.anonymised", N_("Anonymised a person")
    INDICATOR_CHANGED = "indicator.changed", N_("Changed an indicator or its target")
    FIGURES_STATED = "indicator.figures-stated", N_("Stated figures of indicators")
    CASES_COUNTED = "caseload.counted", N_("Entered how many cases workers have")
    CEILING_CHANGED = "caseload.ceiling-changed", N_("Changed a ceiling of cases")
    SERVED_STATED = "project.served-stated", N_("Stated how many people a service serves")
    PROJECT_CHANGED = "project.changed", N_("Changed a project")
    ROSTER_TAKEN = "roster.taken", N_("Asked the people of a roster proposal")
    SHIFT_CHANGED = "shift.changed", N_("Changed a shift")
    SHIFT_CANCELLED = "shift.cancelled", N_("Called off a shift")
    BATCH_DONE = "batch.done", N_("Did something to many shifts")
    BATCH_UNDONE = "batch.undone", N_("Undid what was done to many shifts")
    TEMPLATE_CHANGED = "template.changed", N_("Changed a template")
    SIGNED_UP = "signup.made", N_("Signed up")
    SIGNUP_OVERRIDDEN = "signup.overridden", N_("Gave a place against a reason")
    SIGNUP_CANCELLED = "signup.cancelled", N_("Ended a sign-up")
    PROMOTED = "signup.promoted", N_("Moved up from the waiting list")
    PLACE_OFFERED = "signup.offered", N_("Offered a place to one who waits")
    HANDOVER_OFFERED = "handover.offered", N_("Offered to hand on a place")
    HANDOVER_ANSWERED = "handover.answered", N_("Answered whether to take a place over")
    HANDOVER_ENDED = "handover.ended", N_("Ended the handing on of a place")
    PLACE_HANDED_ON = "handover.done", N_("Handed on a place")
    SEARCH_STARTED = "search.started", N_("Began to look for a substitute")
    SEARCH_ENDED = "search.ended", N_("Ended the search for a substitute")
    CALL_ANSWERED = "search.answered", N_("Answered whether to step in")
    INVITATION_CHANGED = "shift.invitation-changed", N_("Changed the invitation link of a shift")
    GROUP_CHANGED = "group.changed", N_("Changed a group")
    ATTENDANCE_TAKEN = "attendance.taken", N_("Took attendance")
    KIOSK_CHANGED = "kiosk.changed", N_("Changed a kiosk")
    CODE_RENEWED = "person.code-renewed", N_("Renewed a personal code")
    HOURS_RECORDED = "hours.recorded", N_("Recorded hours")
    HOURS_REVIEWED = "hours.reviewed", N_("Decided on hours")
    HOURS_CORRECTED = "hours.corrected", N_("Corrected hours")
    HOURS_TRANSFERRED = "hours.transferred", N_("Transferred hours to another file")
    DOUBT_RAISED = "hours.doubt-raised", N_("Noticed something about hours")
    DOUBT_SETTLED = "hours.doubt-settled", N_("Settled a doubt about hours")
    CORRECTION_ASKED = "hours.correction-asked", N_("Said that hours are wrong")
    CORRECTION_ANSWERED = "hours.correction-answered", N_("Answered that hours are wrong")
    CORRECTION_APPEALED = "hours.correction-appealed", N_("Appealed to the level above")
    CORRECTION_DECIDED = "hours.correction-decided", N_("Decided on an appeal")
    RECORD_CHANGED = "hours.record-changed", N_("Changed what a record of service says")
    CERTIFICATE_ISSUED = "certificate.issued", N_("Issued a certificate")
    CERTIFICATES_ASKED = "certificate.batch-asked", N_("Asked for certificates for many people")
    SEAL_CHANGED = "seal.changed", N_("Changed the seal of an office")
    REPORT_PUBLISHED = "report.published", N_("Published a yearly report")
    CERTIFICATE_REVOKED = "certificate.revoked", N_("Revoked a certificate")
    BANK_REQUESTED = "bank.requested", N_("Asked for a service of the time bank")
    BANK_DECIDED = "bank.decided", N_("Decided on a request of the time bank")
    BANK_DONATED = "bank.donated", N_("Donated banked time")
    BANK_GIVEN = "bank.given", N_("Gave from the pool of the time bank")
    RATED = "rating.made", N_("Rated a service")
    RATING_ANSWERED = "rating.answered", N_("Answered a rating")
    KEY_MADE = "key.made", N_("Made a signing key")
    KEY_REPLACED = "key.replaced", N_("Replaced a signing key")
    KEY_WITHDRAWN = "key.withdrawn", N_("Withdrew a signing key")
    SCHEME_CHANGED = "star.scheme-changed", N_("Changed a star scheme")
    STAR_APPLIED = "star.applied", N_("Applied for a star or medal")
    STAR_DECIDED = "star.decided", N_("Decided on an application for a star or medal")
    STAR_GRANTED = "star.granted", N_("Gave a star or medal")
    STAR_DOUBTED = "star.doubted", N_("Compared a star or medal with corrected hours")
    STAR_KEPT = "star.kept", N_("Let a doubtful star or medal stand")
    STAR_WITHDRAWN = "star.withdrawn", N_("Withdrew a star or medal")
    SERVICE_EVALUATED = "service.evaluated", N_("Evaluated a service")
    AWARD_CHANGED = "award.changed", N_("Recorded, verified or withdrew an award")
    NATIONAL_MAPPED = "national.mapped", N_("Changed how files for the designated system look")
    NATIONAL_SENT = "national.sent", N_("Made a file for the designated system")
    NATIONAL_TAKEN = "national.taken", N_("Took a file for the designated system")
    NATIONAL_ANSWERED = "national.answered", N_("Took over an answer of the designated system")
    NATIONAL_WITHDRAWN = "national.withdrawn", N_("Withdrew a record from the designated system")
    MANY_CHANGED = "people.many-changed", N_("Did something to many people")
    MANY_UNDONE = "people.many-undone", N_("Undid what was done to many people")
    FILES_JOINED = "people.joined", N_("Joined two files of one person")
    FILES_PARTED = "people.parted", N_("Parted two files that were joined")
    NOT_THE_SAME = "people.not-the-same", N_("Said that two files are of two people")
    PEOPLE_EXPORTED = "people.exported", N_("Took people out as a file")
    MESSAGE_RESENT = "message.resent", N_("Sent a message again")
    TRAIL_EXPORTED = "audit.exported", N_("Took the audit trail out as a file")


class AuditEntry(Model):
    """One act. `facts` hold no personal number and no secret."""

    __tablename__ = "audit_entry"
    __table_args__ = (
        Index("ix_audit_entry_subject", "subject", "id"),
        Index("ix_audit_entry_act", "act", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    account_id: Mapped[int | None] = mapped_column(index=True)
    act: Mapped[Act] = mapped_column(words(Act, 40))
    office_id: Mapped[int | None] = mapped_column(ForeignKey("office.id"), index=True)
    subject: Mapped[str] = mapped_column(String(60))
    facts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)


only_grows(AuditEntry)


def record(
    act: Act,
    subject: Any,
    *,
    actor: Actor,
    now: datetime,
    office_id: int | None = None,
    **facts: Any,
) -> AuditEntry:
    """Leave a trace of the act on `subject` (a row, or a word for what has no row)."""
    name = subject if isinstance(subject, str) else f"{subject.__tablename__}:{subject.id}"
    entry = AuditEntry(**_told(act, name, facts, actor=actor, now=now, office_id=office_id))
    db.session.add(entry)
    metrics.acted(db.session(), act.value)
    return entry


_ENTRY = insert(AuditEntry.__table__).inline()  # type: ignore[arg-type]


def record_at_once(
    act: Act, name: str, *, actor: Actor, now: datetime, office_id: int | None, **facts: Any
) -> None:
    """The same for an act that is written past the session, on what is named by a word."""
    told = _told(act, name, facts, actor=actor, now=now, office_id=office_id)
    wrote(_ENTRY, **told, **numbers.counted_on(AuditEntry))
    metrics.acted(db.session(), act.value)


def record_all(
    act: Act,
    subjects: Mapping[str, dict[str, Any]],
    *,
    actor: Actor,
    now: datetime,
    office_id: int | None = None,
) -> None:
    """A trace of one act on each of many subjects: by their names, with what is told of each."""
    rows = [
        _told(act, name, facts, actor=actor, now=now, office_id=office_id)
        for name, facts in subjects.items()
    ]
    numbers.write(AuditEntry, rows)
    for _ in rows:
        metrics.acted(db.session(), act.value)


def _told(
    act: Act,
    name: str,
    facts: dict[str, Any],
    *,
    actor: Actor,
    now: datetime,
    office_id: int | None,
) -> dict[str, Any]:
    return {
        "at": now,
        "account_id": actor.account_id,
        "act": act,
        "office_id": office_id,
        "subject": name,
        "facts": facts,
    }


# Accounts stand above what they do: what they are called, their own feature says.
CALLED: list[Callable[[Collection[int]], Mapping[int, str]]] = []


def called(account_ids: Iterable[int | None]) -> dict[int, str]:
    """What the accounts are called, by their ids."""
    wanted = sorted({id_ for id_ in account_ids if id_ is not None})
    return {id_: name for ask in CALLED for id_, name in ask(wanted).items()} if wanted else {}
