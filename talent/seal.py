"""Personal numbers at rest: sealed with a rotating key, found again by a blind index."""

from __future__ import annotations

import hashlib
import hmac
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer

if TYPE_CHECKING:
    from flask import Flask


def init_app(app: Flask) -> None:
    """Make the keys of the configuration ready; the first seals, all of them open."""
    keys = MultiFernet([Fernet(key) for key in app.config["DATA_KEYS"]])
    index_keys = [app.config["INDEX_KEY"], *app.config["INDEX_KEY_FALLBACKS"]]
    app.extensions["seal"] = (keys, [key.encode() for key in index_keys])


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


def data_key_ids() -> list[str]:
    """Names of the keys of DATA_KEYS, which give nothing of them away."""
    return [_id(key) for key in current_app.config["DATA_KEYS"]]


def index_key_ids() -> list[str]:
    """The name of INDEX_KEY, and those of the older ones."""
    config = current_app.config
    return [_id(key) for key in (config["INDEX_KEY"], *config["INDEX_KEY_FALLBACKS"])]


def sealed_by(sealed: str) -> str:
    """The name of the key that opens a sealed text, or "unknown"."""
    for key in current_app.config["DATA_KEYS"]:
        with suppress(InvalidToken):
            Fernet(key).decrypt(sealed.encode())
            return _id(key)
    return "unknown"


def _id(key: str) -> str:
    return hashlib.sha256(b"talent key\0" + key.encode()).hexdigest()[:12]


def blind_index(kind: str, text: str) -> str:
    """A keyed digest (HMAC-SHA256, hex) by which an equal text of the same kind is found."""
    return blind_indexes(kind, text)[0]


def blind_indexes(kind: str, text: str) -> list[str]:
    """The same under each key: the present one, and those it may still be found by."""
    _, keys = current_app.extensions["seal"]
    said = f"{kind}\0{text}".encode()
    return [hmac.new(key, said, hashlib.sha256).hexdigest() for key in keys]


def sign(purpose: str, value: Any) -> str:
    """A JSON value as text for an address, which only we can have written for this purpose."""
    return str(_signer(purpose).dumps(value))


def signed(purpose: str, token: str) -> Any:
    """The value again, or None when we did not write it."""
    try:
        return _signer(purpose).loads(token)
    except BadSignature:
        return None


def _signer(purpose: str) -> URLSafeSerializer:
    """Signs with the present key; what an older one signed is taken while that one is kept."""
    config = current_app.config
    keys = [*reversed(config["SECRET_KEY_FALLBACKS"]), config["SECRET_KEY"]]
    return URLSafeSerializer(keys, salt=purpose)
