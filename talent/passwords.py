"""Passwords at rest: argon2id, with a stand-in so that an unknown login takes as long.

And the list of those that many have, which is zxcvbn's.
"""

from __future__ import annotations

import secrets
from contextlib import suppress
from functools import cache
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import find_spec, module_from_spec
from pathlib import Path
from typing import TYPE_CHECKING

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from flask import current_app

from talent import memory

if TYPE_CHECKING:
    from flask import Flask


def init_app(app: Flask) -> None:
    """Take the costs from the configuration; make a hash that fits no password."""
    hasher = PasswordHasher(**app.config["PASSWORD_COST"])
    app.extensions["passwords"] = (hasher, hasher.hash(secrets.token_urlsafe()))


def hashed(password: str) -> str:
    """The text to be kept. It takes long on purpose: hold no lock meanwhile."""
    hasher, _ = current_app.extensions["passwords"]
    with memory.borrowed():  # 64 MB
        return str(hasher.hash(password))


def fits(kept: str | None, password: str) -> bool:
    """Whether the password is the one that was kept; without one the answer takes as long."""
    hasher, stand_in = current_app.extensions["passwords"]
    with memory.borrowed(), suppress(VerifyMismatchError, InvalidHashError):
        return bool(hasher.verify(kept or stand_in, password)) and kept is not None
    return False


def outdated(kept: str) -> bool:
    """Whether the text was made at another cost than today's."""
    hasher, _ = current_app.extensions["passwords"]
    return bool(hasher.check_needs_rehash(kept))


@cache
def common(least: int) -> frozenset[str]:
    """Passwords that many have, in small letters, as far as they are long enough to be chosen.

    The list is read past its package, which would make dictionaries of eight others, 14 MB.
    """
    package = find_spec("zxcvbn")
    if package is None or not package.origin:
        raise ModuleNotFoundError(name="zxcvbn")
    path = Path(package.origin).with_name("frequency_lists.py")
    loader = SourceFileLoader("frequency_lists", str(path))
    lists = module_from_spec(ModuleSpec(loader.name, loader))
    loader.exec_module(lists)
    words: list[str] = lists.FREQUENCY_LISTS["passwords"]
    return frozenset(word for word in words if len(word) >= least)
