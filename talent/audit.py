"""What was done, by whom, when: an append-only list, written in the transaction of the act."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from talent.db import Model, db, words

if TYPE_CHECKING:
    from talent.access import Actor


class Act(StrEnum):
    """Every kind of act that leaves a trace. One list, so that an auditor can read it whole."""

    SIGNED_IN = "account.signed-in"
    SIGN_IN_FAILED = "account.sign-in-failed"
    SIGNED_OUT_EVERYWHERE = "account.signed-out-everywhere"
    ACCOUNT_MADE = "account.made"
    ACCOUNT_CHANGED = "account.changed"
    PASSWORD_CHANGED = "account.password-changed"  # noqa: S105 - the name of an act
    RESET_ASKED = "account.reset-asked"
    ROLE_GRANTED = "role.granted"
    ROLE_ENDED = "role.ended"
    OFFICE_MADE = "office.made"
    OFFICE_CHANGED = "office.changed"
    RULE_SET = "office.rule-set"
    CALENDAR_CHANGED = "calendar.changed"
    CATEGORY_CHANGED = "category.changed"
    PERSON_ADDED = "person.added"
    PERSON_CHANGED = "person.changed"
    PERSON_CLAIMED = "person.claimed"
    IDENTITY_SEEN = "person.identity-seen"
    REGISTRATION_MOVED = "registration.moved"
    CONSENT_GIVEN = "consent.given"
    CONSENT_WITHDRAWN = "consent.withdrawn"
    IMPORTED = "import.confirmed"
    EXPORTED = "export.made"
    COURSE_CHANGED = "course.changed"
    TRAINING_RECORDED = "training.recorded"
    CREDENTIAL_CHANGED = "credential.changed"
    CREDENTIAL_VERIFIED = "credential.verified"
    APPOINTMENT_CHANGED = "appointment.changed"
    POPULATION_CHANGED = "population.changed"
    STANDARD_CHANGED = "standard.changed"
    PROJECT_CHANGED = "project.changed"
    SHIFT_CHANGED = "shift.changed"
    SHIFT_CANCELLED = "shift.cancelled"
    SIGNED_UP = "signup.made"
    SIGNUP_OVERRIDDEN = "signup.overridden"
    SIGNUP_CANCELLED = "signup.cancelled"
    PROMOTED = "signup.promoted"
    ATTENDANCE_TAKEN = "attendance.taken"
    HOURS_RECORDED = "hours.recorded"
    HOURS_REVIEWED = "hours.reviewed"
    HOURS_CORRECTED = "hours.corrected"
    CORRECTION_ASKED = "hours.correction-asked"
    CERTIFICATE_ISSUED = "certificate.issued"
    CERTIFICATE_REVOKED = "certificate.revoked"
    MESSAGE_RESENT = "message.resent"


class AuditEntry(Model):
    """One act. `facts` hold no personal number and no secret."""

    __tablename__ = "audit_entry"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    account_id: Mapped[int | None] = mapped_column(index=True)
    act: Mapped[Act] = mapped_column(words(Act, 40))
    office_id: Mapped[int | None] = mapped_column(ForeignKey("office.id"), index=True)
    subject: Mapped[str] = mapped_column(String(60))
    facts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)


def record(
    act: Act,
    subject: Any,
    *,
    actor: Actor,
    now: datetime,
    office_id: int | None = None,
    **facts: Any,
) -> None:
    """Leave a trace of the act on `subject` (a row, or a word for what has no row)."""
    name = subject if isinstance(subject, str) else f"{subject.__tablename__}:{subject.id}"
    db.session.add(
        AuditEntry(
            at=now,
            account_id=actor.account_id,
            act=act,
            office_id=office_id,
            subject=name,
            facts=facts,
        ),
    )
