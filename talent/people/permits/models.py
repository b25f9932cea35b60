"""The table of a guardian's consents to kinds of activity."""

from __future__ import annotations

from datetime import date, datetime, time

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from talent.db import Model
from talent.offices.models import ServiceCategory
from talent.rules.free_times import Weekday
from talent.rules.guardianship import WEEK, Permit


class ActivityConsent(Model):
    """A guardian's consent to a kind of activity. Withdrawing it keeps the row."""

    __tablename__ = "activity_consent"
    __table_args__ = (CheckConstraint("last_day IS NULL OR last_day >= first_day", "forward"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    guardian_person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    category_id: Mapped[int | None] = mapped_column(
        ForeignKey("service_category.id")
    )  # None: every kind
    first_day: Mapped[date]
    last_day: Mapped[date | None]
    weekdays: Mapped[str] = mapped_column(String(7))  # of "0123456", 0 is Monday
    starts: Mapped[time | None]  # on the clock of the place; None: from the beginning of the day
    ends: Mapped[time | None]  # None: to its end
    given_at: Mapped[datetime]
    given_by: Mapped[str] = mapped_column(String(100))  # the guardian's name
    on_paper: Mapped[bool] = mapped_column(default=False)  # an office holds the signed sheet
    account_id: Mapped[int | None]  # who recorded it
    withdrawn_at: Mapped[datetime | None]

    category: Mapped[ServiceCategory | None] = relationship()

    @property
    def permit(self) -> Permit:
        """The row as the law reads it."""
        return Permit(
            self.category_id,
            self.first_day,
            self.last_day,
            frozenset(int(day) for day in self.weekdays),
            self.starts,
            self.ends,
        )

    @property
    def days(self) -> list[Weekday]:
        """The days of the week, which have names in each language."""
        return [Weekday(day) for day in self.weekdays]

    @property
    def every_day(self) -> bool:
        """Whether it holds on all days of the week."""
        return len(self.weekdays) == len(WEEK)
