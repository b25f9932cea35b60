"""The doors of badges: one to take home, and the public lists that say which ones hold."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from flask import Response, current_app, render_template
from htmx_flask import request

from talent import clock
from talent.access import Permission, Scope, allow
from talent.certificates import service as certificates
from talent.certificates.badges import service, status
from talent.certificates.badges.service import Shown
from talent.web import actor

if TYPE_CHECKING:
    from talent.web import Answer

JSON_TYPE, TOKEN_TYPE = "application/vc", "application/vc+jwt"


@allow(Permission.SIGNED_IN, Scope.EITHER)
def badges(certificate_id: int) -> Answer:
    """The badges of a certificate that the reader may take home."""
    certificate = certificates.visible_certificate(actor(), certificate_id)
    return render_template(
        "certificates/badges.html",
        certificate=certificate,
        offered=service.offered(actor(), certificate),
        own=service.speaks_for(actor(), certificate.person),
        Shown=Shown,
    )


@allow(Permission.SIGNED_IN, Scope.EITHER)
def badge(certificate_id: int, unit_id: int) -> Answer:
    """The badge of one unit, as a file."""
    shown = Shown.of(request.args.get("shown")) or Shown.NOTHING
    document = service.badge(actor(), certificate_id, unit_id, shown=shown)
    name = f"{document['evidence'][0]['id'].rpartition('/')[2]}-{unit_id}.json"
    return Response(
        _written(document),
        mimetype="application/json",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@allow(Permission.PUBLIC)
def badge_status(code: str, number: int) -> Answer:
    """Which badges of a key hold no longer; about persons it says nothing."""
    site, now = current_app.config["PUBLIC_URL"], clock.now()
    document, token = service.status_list(code, number, site=site, now=now)
    best = request.accept_mimetypes.best_match([JSON_TYPE, "application/json", TOKEN_TYPE])
    asked = best == TOKEN_TYPE
    answer = Response(
        token if asked else _written(document), mimetype=TOKEN_TYPE if asked else JSON_TYPE
    )
    age = int(status.REFRESHED.total_seconds())
    answer.headers["Cache-Control"] = f"public, max-age={age}"
    answer.headers["Access-Control-Allow-Origin"] = "*"
    return answer


def _written(document: dict[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False, indent=1)
