"""The doors of accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint
from flask_login import LoginManager
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from talent.accounts.models import Account, Grant
from talent.db import db

if TYPE_CHECKING:
    from flask import Flask

bp = Blueprint("accounts", __name__, url_prefix="/account")


def init_app(app: Flask) -> None:
    """Tell the sign-in library how a session becomes an account."""
    login = LoginManager(app)

    @login.user_loader
    def load(remembered: str) -> Account | None:
        number, _, epoch = remembered.partition(".")
        if not (number.isdecimal() and epoch.isdecimal()):
            return None
        query = (
            select(Account)
            .where(Account.id == int(number), Account.epoch == int(epoch))
            .options(joinedload(Account.grants).joinedload(Grant.office))
        )
        account = db.session.scalars(query).unique().one_or_none()
        return account if account and account.is_active else None
