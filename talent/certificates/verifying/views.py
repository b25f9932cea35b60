"""The public pages on which a number is verified (Order 67 Art. 17)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import render_template, url_for
from htmx_flask import request

from talent.access import Permission, allow
from talent.certificates import service
from talent.forms import composed
from talent.rules.certificates import masked_name
from talent.web import done

if TYPE_CHECKING:
    from talent.web import Answer

LONGEST = 40  # characters of what somebody typed


@allow(Permission.PUBLIC)
def verify() -> Answer:
    """Type a number."""
    if typed := composed(request.args.get("number", ""))[:LONGEST]:
        return done(url_for("certificates.check", number=typed))
    return render_template("certificates/verify.html")


@allow(Permission.PUBLIC)
def check(number: str) -> Answer:
    """What stands behind the number, and nothing else about the person."""
    if (certificate := service.find(number)) is None:
        return render_template("certificates/unknown.html", number=composed(number)[:LONGEST]), 404
    return render_template(
        "certificates/check.html",
        certificate=certificate,
        name=masked_name(certificate.content["person"]["name"]),
        standing=service.standing(certificate),
    )
