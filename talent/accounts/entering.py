"""From a request to a session and out of it: who came in how, half in, short of a second step."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from flask import current_app, g, make_response, render_template, session, url_for
from flask_login import login_user, logout_user
from htmx_flask import request
from itsdangerous import BadSignature, URLSafeSerializer

from talent import clock
from talent.accounts import service, signing, tries
from talent.accounts.factors import service as factors
from talent.accounts.forms import FIELDS
from talent.accounts.sessions import service as sessions
from talent.accounts.sessions.models import Way
from talent.rules.signing_in import HALF_IN
from talent.web import DEVICE, done, form_page, keep, own_path

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from typing import Any

    from werkzeug.wrappers import Response

    from talent.accounts.models import Account
    from talent.accounts.readers import Reader
    from talent.accounts.sessions.service import Sitting
    from talent.errors import Refused
    from talent.forms import Form
    from talent.web import Answer

YEAR = 365 * 24 * 60 * 60  # seconds
KNOWN_TO_AT_MOST = 8  # accounts of one device


def first_step(view: Callable[..., Answer]) -> Callable[..., Answer]:
    """For a door through which staff get their second step: open before they have one."""
    view.first_step = True  # type: ignore[attr-defined]
    return view


def load(remembered: str) -> Reader | None:
    """Who the cookie says; None for whoever is not in, or not far enough for this door."""
    number, _, epoch = remembered.partition(".")
    key = session.get("key")
    if not (number.isdecimal() and epoch.isdecimal() and isinstance(key, str)):
        return None
    found = signing.of_session(int(number), int(epoch), key, now=clock.now())
    if found is None:
        return None
    reader, g.sitting = found
    view = current_app.view_functions.get(request.endpoint or "")
    g.short = is_short(reader, g.sitting)
    return None if g.short and not getattr(view, "first_step", False) else reader


def is_short(account: Account | Reader, sitting: Sitting) -> bool:
    """Whether the account's roles ask for a second step that was not shown."""
    return not sitting.strong and needs_step(account)


def needs_step(account: Account | Reader) -> bool:
    """Whether the account's roles ask for a second step, here and today."""
    return bool(current_app.config["SECOND_FACTOR"]) and account.actor.staff


def way_in() -> Way:
    """How whoever asks came in."""
    way: Way = g.sitting.way
    return way


def seen(response: Response) -> Response:
    """After the answer is settled: the session is in use."""
    if sitting := g.get("sitting"):
        sessions.seen(sitting, now=clock.now())
    return response


def enter(account: Account, to: str, said: str | None = None, *, way: Way, now: datetime) -> Answer:
    """A session that is new from the ground, and a device that is known from now on."""
    here = origin()
    session.clear()
    session.permanent = True
    session["key"] = sessions.begin(account.id, way, device=here.browser, now=now)
    session["at"] = int(now.timestamp())  # for a version that keeps no list of sessions
    g.pop("sitting", None)
    login_user(account)
    answer = make_response(done(to, said))
    known = [account.id, *(number for number in here.known_to if number != account.id)]
    device = here.device or secrets.token_urlsafe(16)
    kept = _signer().dumps([device, known[:KNOWN_TO_AT_MOST]])
    remember(answer, DEVICE, kept)
    return answer


def come_in(account: Account, to: str, said: str | None = None, *, now: datetime) -> Answer:
    """In with the right password, or half in where a second step is asked."""
    if factors.held_by(account.id).any:
        session.clear()
        session["half"] = [account.id, account.epoch, int(now.timestamp()), secrets.token_urlsafe()]
        logout_user()
        return done(url_for("accounts.second_step", next=to))
    signing.note_signed_in(account, Way.PASSWORD, now=now)
    if needs_step(account):
        to = url_for("accounts.set_up_step", next=to)
    return enter(account, to, said, way=Way.PASSWORD, now=now)


def half_in(now: datetime) -> Account | None:
    """Who showed the right password a few minutes ago and nothing else yet. It opens no door."""
    number, epoch, at, _ = session.get("half") or (0, 0, 0, "")
    if now.timestamp() - at > HALF_IN.total_seconds():
        return None
    account = service.by_id(number)
    fits = account is not None and account.is_active and account.epoch == epoch
    return account if fits else None


def proved(way: Way | None, *, now: datetime) -> None:
    """Who is in showed it anew: a new key in the cookie, the old one opens nothing."""
    session["key"] = sessions.proved_again(g.sitting.id, way, now=now)
    g.sitting = g.sitting.proved(way, now)
    g.short = g.short and not g.sitting.strong


def leave(said: str) -> Response:
    """Out; nothing of the pages stays in the browser."""
    logout_user()
    session.clear()
    answer = make_response(done(url_for("accounts.sign_in"), said))
    answer.headers["Clear-Site-Data"] = '"cache", "storage"'
    return answer


def way_on(otherwise: str = "/") -> str:
    """Where somebody wanted to go."""
    return own_path(request.args.get("next"), otherwise)


def refused(template: str, form: Form, refusal: Refused, **context: Any) -> Answer:
    """The form again, with the reasons; 429 when the tries were too many."""
    keep(refusal)
    form.refuse(refusal, {why: _beside(name, form) for why, name in FIELDS.items()})
    if isinstance(refusal, tries.TooManyTries | tries.Exhausted):
        answer = make_response(render_template(template, form=form, **context), 429)
        if isinstance(refusal, tries.TooManyTries):
            answer.headers["Retry-After"] = str(refusal.seconds)
        return answer
    return form_page(template, form=form, **context)


def _beside(name: str, form: Form) -> str:
    """The field of this form: that of a proof has another name, so as not to be mixed up."""
    asked = {"old": "proof_password", "code": "proof_code"}.get(name, name)
    return asked if asked in form else name


def origin() -> tries.Origin:
    """Where the request comes from."""
    address, browser = request.remote_addr or "", request.user_agent.string
    try:
        device, known = _signer().loads(request.cookies.get(DEVICE, ""))
    except (BadSignature, ValueError, TypeError):
        return tries.Origin(address, browser=browser)
    return tries.Origin(address, device, known, browser)


def remember(answer: Response, name: str, value: str) -> None:
    """A cookie for a year; without a value it goes."""
    look = {"samesite": "Lax", "secure": current_app.config["SESSION_COOKIE_SECURE"]}
    if value:
        answer.set_cookie(name, value, max_age=YEAR, httponly=True, **look)
    else:
        answer.delete_cookie(name, httponly=True, **look)


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt=DEVICE)
