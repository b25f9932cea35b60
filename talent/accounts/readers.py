"""Who sends a request, as far as every page asks: columns, and no object of the session."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask_login import UserMixin

from talent.accounts.models import Account
from talent.db import one

if TYPE_CHECKING:
    from talent.access import Actor


@dataclass(frozen=True, slots=True)
class Reader(UserMixin):
    """An account as it was read at the beginning of a request, named as the account names it.

    An object of the session costs as much again as the statement that reads it. What few pages
    want, and whatever changes the account, asks for it: `account`.
    """

    id: int
    person_id: int | None
    name: str
    email: str | None
    language: str
    epoch: int
    actor: Actor
    banks: str | None  # what offices ever said of a time bank: `talent.timebank.service.heard`

    @property
    def account(self) -> Account:
        """The account itself."""
        return one(Account, self.id)

    def get_id(self) -> str:
        """What a session remembers."""
        return f"{self.id}.{self.epoch}"
