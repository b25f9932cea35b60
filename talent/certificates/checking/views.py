"""The public pages on which a certificate is checked (Order 67 Art. 17)."""

from __future__ import annotations

import base64
import hashlib
from datetime import date
from functools import cache
from typing import TYPE_CHECKING

from flask import g, jsonify, make_response, render_template, url_for
from htmx_flask import request
from werkzeug.exceptions import TooManyRequests

from talent import clock
from talent.access import Permission, Scope, allow
from talent.assets import static_url
from talent.certificates.checking import service, throttle
from talent.certificates.checking.forms import FileForm
from talent.certificates.checking.service import Verdict
from talent.certificates.keys import service as keys
from talent.certificates.payload import service as payload
from talent.forms import composed
from talent.rules.certificates import masked_name
from talent.web import done, form_page, looks_first, takes_at_most

if TYPE_CHECKING:
    from talent.certificates.checking.service import Answer as Told
    from talent.web import Answer

LONGEST = 40  # characters of what somebody typed
ASSETS = ("css/talent.css", "js/verify.js", "vendor/noble-ed25519.js")  # of the offline page
ENVELOPE = 64 * 1024  # bytes of a form around its file


@allow(Permission.PUBLIC)
def verify() -> Answer:
    """Type a number, or hand in the file."""
    if typed := composed(request.args.get("number", ""))[:LONGEST]:
        return done(url_for("certificates.check", number=typed))
    return form_page("certificates/verify.html", form=FileForm())


@allow(Permission.PUBLIC, Scope.TOKEN)
def check(number: str) -> Answer:
    """What stands behind the number, and nothing else about the person."""
    _ask()
    return _told(service.by_number(number), number=composed(number)[:LONGEST], status=404)


@allow(Permission.PUBLIC, Scope.TOKEN)
def code(code: str) -> Answer:
    """The same for what the code on the paper says, when it was signed here."""
    _ask()
    return _told(service.by_code(code), status=404)


def _look() -> None:
    """While nothing is held: the file is read, which takes longest."""
    if not throttle.may_send(_address(), clock.now()):
        raise TooManyRequests
    g.sent = FileForm()
    g.told = service.by_file(g.sent.pdf) if g.sent.validate_on_submit() else None


@allow(Permission.PUBLIC)
@takes_at_most(service.LARGEST_PDF + ENVELOPE)
@looks_first(_look)
def check_file() -> Answer:
    """Whether the file is what was issued, to the byte, and where it stands."""
    if g.told is None:
        return form_page("certificates/verify.html", form=g.sent)
    throttle.count_file(_address(), clock.now())
    return _told(g.told)


def _told(answer: Told, *, number: str = "", status: int = 200) -> Answer:
    if answer.verdict is Verdict.UNKNOWN:
        if status != 200:  # noqa: PLR2004 - files are counted elsewhere
            _spend(throttle.UNKNOWN - throttle.KNOWN)
            throttle.count_guess(_address(), clock.now())
        page = render_template("certificates/unknown.html", number=number, answer=answer)
        return page, status
    content = answer.certificate.content if answer.certificate else {}
    until = content.get("training", {}).get("valid_until")
    return render_template(
        "certificates/check.html",
        answer=answer,
        certificate=answer.certificate,
        name=masked_name(content["person"]["name"]) if content else "",
        verified=payload.verified_minutes(content) if content else 0,
        until=date.fromisoformat(until) if until else None,
    )


def _ask() -> None:
    """One more number: of what may be asked here, and of what was guessed wherever it was asked."""
    _spend(throttle.KNOWN)
    if not throttle.may_guess(_address(), clock.now()):
        raise TooManyRequests


def _spend(points: int) -> None:
    if not throttle.spend(_address(), points, clock.now()):
        raise TooManyRequests


def _address() -> str:
    return request.remote_addr or ""


@allow(Permission.PUBLIC)
def offline() -> Answer:
    """The page that reads codes by itself, kept by the browser."""
    return render_template("certificates/offline.html", scope=_scope())


@allow(Permission.PUBLIC)
def offline_keys() -> Answer:
    """Every key that signed codes, as that page takes it."""
    told = [
        {
            "fingerprint": key.fingerprint,
            "public": base64.b64encode(key.public).decode(),
            "office_zh": key.office.name_zh if key.office else None,
            "office_en": key.office.name_en if key.office else None,
            "made": key.made_at.isoformat(),
            "retired": key.retired_at.isoformat() if key.retired_at else None,
            "withdrawn": key.compromised_at.isoformat() if key.compromised_at else None,
        }
        for key in keys.of_codes()
    ]
    return jsonify(as_of=clock.now().isoformat(), keys=told)


@allow(Permission.PUBLIC)
def worker() -> Answer:
    """The script that opens the page without a network. Another release is another script."""
    answer = make_response(_script(_release()))
    answer.headers["Content-Type"] = "text/javascript; charset=utf-8"
    answer.headers["Cache-Control"] = "no-cache"
    return answer


def _scope() -> str:
    return url_for("certificates.worker").rpartition("/")[0] + "/"


@cache
def _release() -> str:
    return hashlib.sha256(_script("").encode()).hexdigest()[:10]


def _script(release: str) -> str:
    return render_template(
        "certificates/sw.js",
        assets=[static_url(name) for name in ASSETS],
        page=url_for("certificates.offline"),
        keys=url_for("certificates.offline_keys"),
        codes=f"{_scope()}{payload.PART}/",
        release=release,
    )
