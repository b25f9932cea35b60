"""Personal numbers at rest: sealed with a rotating key, found again by a blind index."""

from __future__ import annotations

import hashlib
import hmac
from typing import TYPE_CHECKING, Any

from cryptography.fernet import Fernet, MultiFernet
from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer

if TYPE_CHECKING:
    from flask import Flask


def init_app(app: Flask) -> None:
    """Make the keys of the configuration ready; the first seals, all of them open."""
    keys = MultiFernet([Fernet(key) for key in app.config["DATA_KEYS"]])
    app.extensions["seal"] = (keys, app.config["INDEX_KEY"].encode())


def seal(text: str) -> str:
    """Encrypt and authenticate. Equal texts give different seals."""
    keys, _ = current_app.extensions["seal"]
    return str(keys.encrypt(text.encode()).decode())


def unseal(sealed: str) -> str:
    """The text again. Raises `cryptography.fernet.InvalidToken` when it was altered."""
    keys, _ = current_app.extensions["seal"]
    return str(keys.decrypt(sealed.encode()).decode())


def reseal(sealed: str) -> str:
    """The same text under the newest key."""
    keys, _ = current_app.extensions["seal"]
    return str(keys.rotate(sealed.encode()).decode())


def blind_index(kind: str, text: str) -> str:
    """A keyed digest (HMAC-SHA256, hex) by which an equal text of the same kind is found."""
    _, key = current_app.extensions["seal"]
    return hmac.new(key, f"{kind}\0{text}".encode(), hashlib.sha256).hexdigest()


def sign(purpose: str, value: Any) -> str:
    """A JSON value as text for an address, which only we can have written for this purpose."""
    return str(URLSafeSerializer(current_app.config["SECRET_KEY"], salt=purpose).dumps(value))


def signed(purpose: str, token: str) -> Any:
    """The value again, or None when we did not write it."""
    try:
        return URLSafeSerializer(current_app.config["SECRET_KEY"], salt=purpose).loads(token)
    except BadSignature:
        return None
