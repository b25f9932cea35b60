"""The head of every answer: what a browser may do with it, and with nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import current_app, g
from htmx_flask import request

if TYPE_CHECKING:
    from collections.abc import Mapping

    from werkzeug.wrappers import Response

_SHUT = "frame-ancestors 'none'; base-uri 'none'"
NO_PAGE = f"default-src 'none'; form-action 'none'; {_SHUT}"  # a file, a style sheet, a calendar
WORKER = NO_PAGE.replace("; ", "; connect-src 'self'; ", 1)  # a service worker asks for our pages
# A paper that somebody handed in, beside a form of ours: a picture, or a PDF in a frame. What a
# browser draws around a PDF is its own and needs nothing of this (docs/security.md).
PAPER = NO_PAGE.replace("; ", "; object-src 'self'; ", 1).replace(
    "frame-ancestors 'none'", "frame-ancestors 'self'"
)


def page_policy(nonce: str, *, frames: bool = False) -> str:
    """Scripts with the nonce of this one answer and no others: whatever a swap brings in has none.

    No `strict-dynamic`: htmx makes the scripts of a fragment anew, and they would be trusted.
    """
    return (
        f"default-src 'none'; script-src 'nonce-{nonce}'; style-src 'self'; "
        "img-src 'self' data:; connect-src 'self'; font-src 'self'; manifest-src 'self'; "
        f"worker-src 'self'; form-action 'self'; {_SHUT}" + ("; frame-src 'self'" if frames else "")
    )


def bounds(settings: Mapping[str, Any]) -> dict[str, str]:
    """What stands over every answer, also over static files."""
    always = {
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "camera=(self), geolocation=(self), microphone=()",
    }
    if settings["SESSION_COOKIE_SECURE"]:
        always["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
    return always


def put(response: Response, *, kept: bool = False) -> None:
    """Write them over an answer of the app; what a view has set itself stays.

    No copy of an answer is held anywhere but where it may be `kept`.
    """
    policy = WORKER if response.mimetype == "text/javascript" else NO_PAGE
    if response.mimetype == "text/html":
        policy = page_policy(g.get("csp_nonce", ""), frames=bool(g.get("frames")))
    head = bounds(current_app.config) | {"Content-Security-Policy": policy}
    if not kept:
        head["Cache-Control"] = "no-store"
    if (to := response.headers.get("Location")) and to.startswith(here := request.host_url):
        # The router's own: it has the name that we were called by, which anybody may write.
        response.headers["Location"] = "/" + to.removeprefix(here).lstrip("/")
        response.set_data(b"")  # the page with the link names it as well
    there = {name.lower() for name, _ in response.headers}
    response.headers.extend(
        [(name, value) for name, value in head.items() if name.lower() not in there]
    )
