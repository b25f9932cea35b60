"""Tables of messages: the outbox, what a reader does not want, and how the timed jobs went."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from talent.db import Model, Sealed, words
from talent.ical import CANCEL, REQUEST
from talent.offices.models import Office
from talent.people.models import Person
from talent.rules.reason import N_
from talent.rules.words import Word


class MessageState(Word):
    """`HANDED` is set just before the mail server gets it: a crash leaves doubt, not two mails."""

    WAITING = "waiting", N_("Waiting")
    CLAIMED = "claimed", N_("Being prepared")
    HANDED = "handed", N_("Handed over, not confirmed")
    SENT = "sent", N_("Sent")
    DEAD = "dead", N_("Given up")
    DROPPED = "dropped", N_("No longer needed")


class MessageKind(Word):
    """Each kind has its folder in templates/messages/."""

    SHIFT_REMINDER = "shift_reminder", N_("Reminder of a shift")
    SHIFT_CHANGED = "shift_changed", N_("A shift was changed")
    SHIFT_CANCELLED = "shift_cancelled", N_("A shift was cancelled")
    SHIFT_RESTORED = "shift_restored", N_("A cancelled shift takes place after all")
    SIGNED_UP = "signed_up", N_("You have a place")
    PLACE_KEPT = "place_kept", N_("A place is kept for you")
    REMOVED = "removed", N_("Your place was given up by the office")
    GIVEN_UP = "given_up", N_("You gave up your place")
    PROMOTED = "promoted", N_("You moved up from the waiting list")
    PLACE_OFFERED = "place_offered", N_("A place is kept for you")
    OFFER_LAPSED = "offer_lapsed", N_("A place was not kept any longer")
    HANDOVER_ASKED = "handover_asked", N_("Somebody asks you to take over a place")
    HANDOVER_OPEN = "handover_open", N_("A place is handed on")
    HANDOVER_ANSWERED = "handover_answered", N_("What became of a place handed on")
    HANDOVER_WAITS = "handover_waits", N_("A place handed on waits for the office")
    LATE_CANCEL = "late_cancel", N_("A place was given up after the deadline")
    SUBSTITUTE_WANTED = "substitute_wanted", N_("You are asked to step in")
    SEARCH_ENDED = "search_ended", N_("The search for a substitute has ended")
    SIGN_OUT_ASKED = "sign_out_asked", N_("When did you leave?")
    REGISTRATION_DECIDED = "registration_decided", N_("Your registration was decided")
    AGREEMENT_RENEWED = "agreement_renewed", N_("A new version of the agreement")
    APPLICATION_REFERRED = "application_referred", N_("Your application went to another office")
    INTERVIEW_INVITED = "interview_invited", N_("You are invited to an interview")
    INTERVIEW_OFF = "interview_off", N_("An interview was called off")
    TEAM_MOVED = "team_moved", N_("Your membership of a team")
    SESSION_CHANGED = "session_changed", N_("A training session was changed")
    SESSION_PROMOTED = "session_promoted", N_("You have a place in a training session now")
    SESSION_REMINDER = "session_reminder", N_("Reminder of training")
    SESSION_CANCELLED = "session_cancelled", N_("A training session was cancelled")
    CREDENTIAL_LAPSES = "credential_lapses", N_("A credential lapses")
    REGISTRATION_LAPSES = "registration_lapses", N_("A social worker's registration lapses")
    CREDENTIAL_LAPSED = "credential_lapsed", N_("A credential has lapsed")
    LAPSES_DIGEST = "lapses_digest", N_("What lapses, for the office")
    PAPER_REFUSED = "paper_refused", N_("What you handed in was not verified")
    RECORDS_OVERDUE = "records_overdue", N_("Service records are overdue")
    RATING_ASKED = "rating_asked", N_("How was the service?")
    RATING_ANSWERED = "rating_answered", N_("The office answered your rating")
    RATINGS_OVERDUE = "ratings_overdue", N_("Ratings wait for an answer")
    BANK_REQUEST_MOVED = "bank_request_moved", N_("Your request to the time bank")
    HOURS_CORRECTED = "hours_corrected", N_("Your hours were corrected")
    CORRECTION_WAITS = "correction_waits", N_("A correction or an appeal waits for an answer")
    CORRECTION_MOVED = "correction_moved", N_("What became of a correction that you asked for")
    LIST_OPEN = "list_open", N_("The list of a shift was not closed")
    LEFT_LYING = "left_lying", N_("Offices below leave hours lying")
    LEDGER_FAULTS = "ledger_faults", N_("The check of the ledger found faults")
    STAR_GRANTED = "star_granted", N_("You were given a star or medal")
    STAR_REFUSED = "star_refused", N_("Your application for a star or medal was answered")
    STAR_WITHDRAWN = "star_withdrawn", N_("A star or medal was withdrawn")
    DRAFT_SHARED = "draft_shared", N_("A staffing draft is shared with you")
    DRAFT_ANSWERED = "draft_answered", N_("What was said of your staffing draft")
    OFFICE_NOTICE = "office_notice", N_("A message from your office")
    PASSWORD_RESET = "password_reset", N_("Set a new password")
    LOGIN_CHANGED = "login_changed", N_("The way to sign in was changed")
    SIGNING_CHANGED = "signing_changed", N_("How you sign in was changed")
    CLAIM = "claim", N_("Is this you?")
    FILES_JOINED = "files_joined", N_("Two files about you became one")
    FILES_PARTED = "files_parted", N_("Two joined files were parted again")
    ACCOUNT_CLOSED = "account_closed", N_("An account of yours was closed")
    DATA_ANSWERED = "data_answered", N_("What became of your request about your data")
    COMES_OF_AGE = "comes_of_age", N_("Of age: nobody else speaks for this person")


class Trouble(Word):
    """Why a message did not go out, or why that is not known."""

    NO_ADDRESS = "no_address", N_("No mail address is known.")
    BAD_ADDRESS = "bad_address", N_("The mail address cannot be right.")
    UNREACHABLE = "unreachable", N_("The mail server cannot be reached.")
    REFUSED = "refused", N_("The mail server refused the message.")
    NOT_CONFIRMED = "not_confirmed", N_("The mail server did not confirm that it has the message.")
    UNWRITTEN = "unwritten", N_("The text could not be written. Please tell whoever runs Talent.")
    TOO_LATE = "too_late", N_("It would have come too late.")
    STOPPED = "stopped", N_("The reader does not want messages of this kind.")
    WITHDRAWN = "withdrawn", N_("There was nothing left to tell.")


ESSENTIAL = frozenset(MessageKind) - {
    MessageKind.SHIFT_REMINDER,
    MessageKind.SESSION_REMINDER,
    MessageKind.CREDENTIAL_LAPSES,
    MessageKind.HANDOVER_OPEN,
    MessageKind.SUBSTITUTE_WANTED,
    MessageKind.RATING_ASKED,
    MessageKind.OFFICE_NOTICE,
}
# What also goes into the reader's calendar, as what (RFC 5546).
CALENDAR = {
    MessageKind.SIGNED_UP: REQUEST,
    MessageKind.PROMOTED: REQUEST,
    MessageKind.SHIFT_CHANGED: REQUEST,
    MessageKind.SHIFT_RESTORED: REQUEST,
    MessageKind.SHIFT_CANCELLED: CANCEL,
    MessageKind.REMOVED: CANCEL,
    MessageKind.GIVEN_UP: CANCEL,
    MessageKind.INTERVIEW_INVITED: REQUEST,
    MessageKind.INTERVIEW_OFF: CANCEL,
}
AT_ONCE = frozenset({MessageKind.PASSWORD_RESET, MessageKind.CLAIM})  # somebody sits and waits

# What concerns signing in is for the reader's own mail box, and no guardian gets it.
PRIVATE = AT_ONCE | {MessageKind.LOGIN_CHANGED, MessageKind.SIGNING_CHANGED}


class Message(Model):
    """One thing to tell one reader. `once` makes a second one for the same event impossible."""

    __tablename__ = "message"
    __table_args__ = (
        UniqueConstraint("once"),
        Index("ix_message_due", "state", "due_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[MessageKind] = mapped_column(words(MessageKind))
    once: Mapped[str] = mapped_column(String(120))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)
    office_id: Mapped[int | None] = mapped_column(ForeignKey("office.id"), index=True)
    address: Mapped[str | None] = mapped_column(String(254))
    language: Mapped[str] = mapped_column(String(5))
    facts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    secret: Mapped[str | None] = mapped_column(Sealed)  # the end of a link; wiped once sent
    state: Mapped[MessageState] = mapped_column(words(MessageState), default=MessageState.WAITING)
    made_at: Mapped[datetime]
    due_at: Mapped[datetime]
    useless_after: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(default=0)
    claimed_by: Mapped[str | None] = mapped_column(String(80))
    claimed_until: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    trouble: Mapped[Trouble | None] = mapped_column(words(Trouble))
    answer: Mapped[str | None] = mapped_column(String(500))  # what the mail server said

    person: Mapped[Person | None] = relationship()
    office: Mapped[Office | None] = relationship()


class Stopped(Model):
    """A kind of message that a person does not want."""

    __tablename__ = "stopped_message"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    kind: Mapped[MessageKind] = mapped_column(words(MessageKind), primary_key=True)
    at: Mapped[datetime]


class JobRun(Model):
    """The last run of each timed job: its heartbeat."""

    __tablename__ = "job_run"

    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    result: Mapped[str | None] = mapped_column(String(500))
    every_s: Mapped[int] = mapped_column(default=0)  # seconds between two runs
    took_ms: Mapped[int | None]
    failed: Mapped[bool] = mapped_column(default=False)  # the last time
    failures: Mapped[int] = mapped_column(default=0)  # ever
