"""Passwords at rest: argon2id, with a stand-in so that an unknown login takes as long."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from flask import current_app

if TYPE_CHECKING:
    from flask import Flask


def init_app(app: Flask) -> None:
    """Take the costs from the configuration; make a hash that fits no password."""
    hasher = PasswordHasher(**app.config["PASSWORD_COST"])
    app.extensions["passwords"] = (hasher, hasher.hash(secrets.token_urlsafe()))


def hashed(password: str) -> str:
    """The text to be kept. It takes long on purpose: hold no lock meanwhile."""
    hasher, _ = current_app.extensions["passwords"]
    return str(hasher.hash(password))


def fits(kept: str | None, password: str) -> bool:
    """Whether the password is the one that was kept; without one the answer takes as long."""
    hasher, stand_in = current_app.extensions["passwords"]
    try:
        return bool(hasher.verify(kept or stand_in, password)) and kept is not None
    except (VerifyMismatchError, InvalidHashError):
        return False


def outdated(kept: str) -> bool:
    """Whether the text was made at another cost than today's."""
    hasher, _ = current_app.extensions["passwords"]
    return bool(hasher.check_needs_rehash(kept))
