"""Tables of the time bank: accounts, the ledger that only grows, requests, what is given."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from talent.db import Model, words
from talent.growing import only_grows
from talent.hours.models import LedgerEntry, ServiceRecord
from talent.offices.models import Office
from talent.people.models import Person
from talent.rules.reason import N_
from talent.rules.timebank import Holding
from talent.rules.words import Word


class BankKind(Word):
    """What an entry of the bank does to the account."""

    CREDITED = "credited", N_("Credited for service")
    CORRECTED = "corrected", N_("Corrected with the service record")
    SPENT = "spent", N_("Spent on a service")
    DONATED = "donated", N_("Donated")
    RECEIVED = "received", N_("Received as a donation")
    OVERFLOWED = "overflowed", N_("From above the limit of an account")
    GIVEN = "given", N_("Given from the common pool")
    GRANTED = "granted", N_("Received from the common pool")
    MERGED = "merged", N_("Moved between two files of one person")


class RequestState(Word):
    """Where a request for a service stands. The minutes are reserved until it is closed."""

    ASKED = "asked", N_("Asked")
    TAKEN = "taken", N_("Taken on")
    RETURNED = "returned", N_("Returned")
    CANCELLED = "cancelled", N_("Cancelled")
    BOOKED = "booked", N_("Booked")


OPEN = (RequestState.ASKED, RequestState.TAKEN)


class GiftState(Word):
    """What somebody proposes to give from the pool waits for a second person."""

    PROPOSED = "proposed", N_("Waits for a second person")
    APPROVED = "approved", N_("Approved")
    REFUSED = "refused", N_("Refused")


_POOL = text("person_id IS NULL")


class BankAccount(Model):
    """A person's account with a time bank; without a person it is the bank's common pool.

    Its row is the lock for all that moves it. `balance` is the sum of the entries, kept with them.
    """

    __tablename__ = "bank_account"
    __table_args__ = (
        UniqueConstraint("office_id", "person_id"),
        Index(
            "uq_bank_account_pool",
            "office_id",
            unique=True,
            sqlite_where=_POOL,
            postgresql_where=_POOL,
        ),
        CheckConstraint("reserved >= 0", "reserved"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))  # that turned the bank on
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    balance: Mapped[int] = mapped_column(default=0)  # minutes
    reserved: Mapped[int] = mapped_column(default=0)
    opened_at: Mapped[datetime]

    office: Mapped[Office] = relationship()
    person: Mapped[Person | None] = relationship()

    @property
    def holding(self) -> Holding:
        """The account as the law reads it."""
        return Holding(self.balance, self.reserved)


class BankRequest(Model):
    """A service that somebody asks for and pays with banked time."""

    __tablename__ = "bank_request"
    __table_args__ = (
        CheckConstraint("minutes > 0", "minutes"),
        CheckConstraint("booked_minutes IS NULL OR booked_minutes <= minutes", "booked"),
        Index("ix_bank_request_office_state", "office_id", "state", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("bank_account.id"), index=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))  # that is to see to it
    what: Mapped[str] = mapped_column(String(500))
    starts_at: Mapped[datetime]
    minutes: Mapped[int]
    booked_minutes: Mapped[int | None]
    state: Mapped[RequestState] = mapped_column(words(RequestState), default=RequestState.ASKED)
    answer: Mapped[str | None] = mapped_column(String(500))
    made_at: Mapped[datetime]
    moved_at: Mapped[datetime | None]
    moved_by: Mapped[int | None]  # account (of the site)

    account: Mapped[BankAccount] = relationship()
    office: Mapped[Office] = relationship()


class BankGift(Model):
    """Minutes from the common pool for somebody, proposed by one and approved by another."""

    __tablename__ = "bank_gift"
    __table_args__ = (
        CheckConstraint("minutes > 0", "minutes"),
        CheckConstraint("decided_by IS NULL OR decided_by <> proposed_by", "two_persons"),
        Index("ix_bank_gift_pool_state", "pool_id", "state", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    pool_id: Mapped[int] = mapped_column(ForeignKey("bank_account.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("bank_account.id"), index=True)
    minutes: Mapped[int]
    reason: Mapped[str] = mapped_column(String(500))
    state: Mapped[GiftState] = mapped_column(words(GiftState), default=GiftState.PROPOSED)
    proposed_by: Mapped[int | None]  # account (of the site)
    proposed_at: Mapped[datetime]
    decided_by: Mapped[int | None]
    decided_at: Mapped[datetime | None]

    pool: Mapped[BankAccount] = relationship(foreign_keys=[pool_id])
    account: Mapped[BankAccount] = relationship(foreign_keys=[account_id])


class BankDonation(Model):
    """Minutes from one account to another. `once` makes the same page sent twice one donation."""

    __tablename__ = "bank_donation"
    __table_args__ = (
        UniqueConstraint("once"),
        CheckConstraint("minutes > 0 AND giver_id <> receiver_id", "moves"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    giver_id: Mapped[int] = mapped_column(ForeignKey("bank_account.id"), index=True)
    receiver_id: Mapped[int] = mapped_column(ForeignKey("bank_account.id"), index=True)
    minutes: Mapped[int]
    note: Mapped[str | None] = mapped_column(String(200))
    once: Mapped[str] = mapped_column(String(40))
    made_at: Mapped[datetime]


class BankEntry(Model):
    """A change of an account. Nothing in this table is ever changed or removed.

    One for each entry of the hours ledger that concerns the bank: `served` is what that one
    certified, `excess` what went above the upper limit, `pooled` what of it the pool got.
    """

    __tablename__ = "bank_entry"
    __table_args__ = (
        UniqueConstraint("ledger_entry_id"),
        Index("ix_bank_entry_account", "account_id", "id"),
        CheckConstraint("ledger_entry_id IS NOT NULL OR minutes <> 0", "moves"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("bank_account.id"))
    kind: Mapped[BankKind] = mapped_column(words(BankKind))
    minutes: Mapped[int]
    excess: Mapped[int] = mapped_column(default=0)
    pooled: Mapped[int] = mapped_column(default=0)
    served: Mapped[int] = mapped_column(default=0)
    percent: Mapped[int | None]
    ledger_entry_id: Mapped[int | None] = mapped_column(ForeignKey("ledger_entry.id"))
    record_id: Mapped[int | None] = mapped_column(ForeignKey("service_record.id"), index=True)
    request_id: Mapped[int | None] = mapped_column(ForeignKey("bank_request.id"), index=True)
    gift_id: Mapped[int | None] = mapped_column(ForeignKey("bank_gift.id"), index=True)
    donation_id: Mapped[int | None] = mapped_column(ForeignKey("bank_donation.id"), index=True)
    source_id: Mapped[int | None] = mapped_column(ForeignKey("bank_entry.id"), index=True)
    made_by: Mapped[int | None]  # account (of the site); None: the rules by themselves
    at: Mapped[datetime]

    account: Mapped[BankAccount] = relationship()
    ledger_entry: Mapped[LedgerEntry | None] = relationship()
    record: Mapped[ServiceRecord | None] = relationship()
    request: Mapped[BankRequest | None] = relationship()


only_grows(BankEntry, ("ledger_entry_id",))


class BankMark(Model):
    """Up to which place of an office's chain of hours the bank has looked. Held while it looks."""

    __tablename__ = "bank_mark"

    office_id: Mapped[int] = mapped_column(
        ForeignKey("office.id"), primary_key=True, autoincrement=False
    )
    place: Mapped[int] = mapped_column(default=0)
