"""Cookies by their names: over TLS each is called so that a browser takes none from elsewhere.

A name with `__Host-` is taken from this very host alone, one with `__Secure-` over TLS alone: no
other host of the same domain can lay one of ours. The app knows nothing of it and uses bare names.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from flask.sessions import SecureCookieSessionInterface

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from flask import Flask
    from itsdangerous import URLSafeTimedSerializer

HOST, SECURE = "__Host-", "__Secure-"
_WHOLE = re.compile(r";\s*path=/\s*(;|$)", re.IGNORECASE)


class Named:
    """The app, with the names of its cookies kept on the way out and on the way in."""

    def __init__(self, app: Callable[..., Iterable[bytes]], settings: Mapping[str, Any]) -> None:
        self._app, self._settings = app, settings

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if not self._settings["SESSION_COOKIE_SECURE"]:
            return self._app(environ, start_response)
        if given := environ.get("HTTP_COOKIE"):
            environ["HTTP_COOKIE"] = bare(given)

        def start(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
            kept = [(n, full(v) if n.lower() == "set-cookie" else v) for n, v in headers]
            return start_response(status, kept, *more)

        return self._app(environ, start)


class Sessions(SecureCookieSessionInterface):
    """Sessions in a signed cookie, whose signer is made once and not for each request."""

    def __init__(self) -> None:
        self._made: tuple[Any, URLSafeTimedSerializer | None] = (None, None)

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        """That of the present key; what an older one signed is taken while that one is kept."""
        keys = app.secret_key, *(app.config["SECRET_KEY_FALLBACKS"] or ())
        if self._made[0] != keys:
            self._made = keys, super().get_signing_serializer(app)
        return self._made[1]


def full(cookie: str) -> str:
    """What is laid, under its full name."""
    if cookie.startswith((HOST, SECURE)):
        return cookie
    return f"{HOST if _WHOLE.search(cookie) else SECURE}{cookie}"


def bare(given: str) -> str:
    """What a browser sends, under the app's own names; what lacks its prefix is not ours."""
    pairs = (each.strip() for each in given.split(";"))
    return "; ".join(
        pair.removeprefix(prefix)
        for pair in pairs
        for prefix in (HOST, SECURE)
        if pair.startswith(prefix)
    )
