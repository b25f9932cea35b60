"""What strangers' programs ask of any site: whom to tell of a hole, and what not to index."""

from __future__ import annotations

from datetime import timedelta
from email.utils import parseaddr
from typing import TYPE_CHECKING

from flask import Response, current_app

from talent import clock
from talent.access import Permission, allow

if TYPE_CHECKING:
    from flask import Flask

EXPIRES = timedelta(days=180)  # RFC 9116: less than a year
ROBOTS = "User-agent: *\nAllow: /verify\nAllow: /yearly\nDisallow: /\n"  # the rest is nobody's


def init_app(app: Flask) -> None:
    """The doors of programs."""
    app.add_url_rule("/robots.txt", view_func=robots)
    app.add_url_rule("/.well-known/security.txt", view_func=security)


@allow(Permission.PUBLIC)
def robots() -> Response:
    """Search engines index the pages that are everybody's."""
    return Response(ROBOTS, mimetype="text/plain")


@allow(Permission.PUBLIC)
def security() -> Response:
    """Whom to tell of a hole (RFC 9116)."""
    config = current_app.config
    contact = config["SECURITY_CONTACT"] or f"mailto:{parseaddr(config['MAIL_FROM'])[1]}"
    expires = (clock.now() + EXPIRES).replace(hour=0, minute=0, second=0, microsecond=0)
    lines = {
        "Contact": contact,
        "Expires": f"{expires:%Y-%m-%dT%H:%M:%SZ}",
        "Preferred-Languages": "zh, en",
        "Canonical": f"{config['PUBLIC_URL']}/.well-known/security.txt",
    }
    said = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return Response(said, mimetype="text/plain")
