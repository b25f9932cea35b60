"""The doors of accounts: in and out, one's own settings, the language and look of the pages."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from flask import Blueprint, current_app, g, make_response, render_template, session, url_for
from flask_babel import gettext
from flask_login import LoginManager, current_user, login_user, logout_user
from htmx_flask import request
from itsdangerous import BadSignature, URLSafeSerializer

from talent import clock
from talent.access import Permission, allow
from talent.accounts import resets, roles, service, signing, tries
from talent.accounts.forms import (
    FIELDS,
    TONGUES,
    FirstStartForm,
    ForgotForm,
    LoginForm,
    PasswordForm,
    ResetForm,
    SettingsForm,
    SignInForm,
    SignUpForm,
)
from talent.accounts.sessions import service as sessions
from talent.accounts.sessions.models import Way
from talent.errors import NotFound, Refused
from talent.i18n import language
from talent.offices.models import OfficeKind
from talent.offices.tree import Particulars
from talent.web import DEVICE, actor, done, form_page, keep, own_path

if TYPE_CHECKING:
    from datetime import datetime

    from flask import Flask
    from werkzeug.wrappers import Response

    from talent.accounts.models import Account
    from talent.forms import Form
    from talent.web import Answer

P = Permission
bp = Blueprint("accounts", __name__, url_prefix="/account")
preferences = Blueprint("preferences", __name__)

YEAR = 365 * 24 * 60 * 60  # seconds
KNOWN_TO_AT_MOST = 8  # accounts of one device
THEMES = {"", "light", "dark"}
SIZES = {"", "large", "larger", "largest"}


def init_app(app: Flask) -> None:
    """Tell the sign-in library how a session becomes an account."""
    LoginManager(app).user_loader(_load)
    app.after_request(_seen)


@bp.route("/sign-in", methods=["GET", "POST"])
@allow(P.PUBLIC)
def sign_in() -> Answer:
    """In, by mail address or phone number and password."""
    if not service.exists_any():
        return done(url_for(".first_start"))
    form = SignInForm()
    if form.validate_on_submit():
        now = clock.now()
        try:
            account = signing.sign_in(
                form.login.data, form.password.data, origin=_origin(), now=now
            )
        except Refused as refusal:
            return _refused("accounts/sign_in.html", form, refusal)
        signing.note_signed_in(account, Way.PASSWORD, now=now)
        return _enter(account, own_path(request.args.get("next"), "/"), now)
    return form_page("accounts/sign_in.html", form=form)


@bp.post("/sign-out")
@allow(P.PUBLIC)
def sign_out() -> Answer:
    """Out, also for whoever copied the cookie."""
    if key := session.get("key"):
        lifetime = current_app.permanent_session_lifetime
        signing.end_session(key, lifetime=lifetime, now=clock.now())
    return _leave(gettext("You are signed out."))


@bp.route("/sign-up", methods=["GET", "POST"])
@allow(P.PUBLIC)
def sign_up() -> Answer:
    """A new account; a volunteer registers with it next."""
    if not service.exists_any():  # the first one administers
        return done(url_for(".first_start"))
    form = SignUpForm()
    if form.validate_on_submit():
        now = clock.now()
        try:
            account = signing.sign_up(
                name=form.name.data, typed=form.login.data, password=form.password.data,
                language=language(), origin=_origin(), now=now,
            )  # fmt: skip
        except Refused as refusal:
            return _refused("accounts/sign_up.html", form, refusal)
        to = own_path(request.args.get("next"), url_for("people.register"))
        return _enter(account, to, now, gettext("Your account is ready."))
    return form_page("accounts/sign_up.html", form=form)


@bp.route("/first-start", methods=["GET", "POST"])
@allow(P.PUBLIC)
def first_start() -> Answer:
    """The root office and its administrator, as long as there is no account."""
    if service.exists_any():
        raise NotFound
    form = FirstStartForm(code_needed=current_app.config["ENV"] == "production")
    if form.validate_on_submit():
        now = clock.now()
        try:
            if "code" in form:
                signing.check_setup_code(form.code.data, origin=_origin(), now=now)
            kind = next(kind for kind in OfficeKind if kind.value == form.office_kind.data)
            account = service.set_up(
                office=Particulars(kind=kind, name_zh=form.office_name.data),
                name=form.name.data, typed=form.login.data, password=form.password.data,
                language=language(), now=now,
            )  # fmt: skip
        except Refused as refusal:
            return _refused("accounts/first_start.html", form, refusal)
        return _enter(account, url_for("offices.index"), now, gettext("Talent is set up."))
    return form_page("accounts/first_start.html", form=form)


@bp.route("/forgot", methods=["GET", "POST"])
@allow(P.PUBLIC)
def forgot() -> Answer:
    """A link to set a new password. The answer is the same for every address."""
    form = ForgotForm()
    if form.validate_on_submit():
        resets.ask_reset(form.login.data, path=roles.link_path(), now=clock.now())
        said = gettext(
            "If an account has this address, a link is on its way. It works for an hour."
        )
        return done(url_for(".sign_in"), said)
    return form_page("accounts/forgot.html", form=form)


@bp.get("/reset/<token>")
@allow(P.PUBLIC)
def open_link(token: str) -> Answer:
    """Take the token out of the address: it must not stand in histories and logs."""
    session["reset"] = token
    return done(url_for(".reset"))


@bp.route("/reset", methods=["GET", "POST"])
@allow(P.PUBLIC)
def reset() -> Answer:
    """A new password, by the link of a mail."""
    now, token = clock.now(), session.get("reset", "")
    resets.open_invitation(token, now=now)
    form = ResetForm()
    if form.validate_on_submit():
        try:
            resets.set_password(token, form.password.data, now=now)
        except Refused as refusal:
            return _refused("accounts/reset.html", form, refusal)
        return _leave(gettext("Your new password holds. Please sign in with it."))
    return form_page("accounts/reset.html", form=form)


@bp.route("/", methods=["GET", "POST"])
@allow(P.SIGNED_IN)
def settings() -> Answer:
    """One's own account: name, language, the ways to change the password and to end sessions."""
    form = SettingsForm(obj=current_user)
    if form.validate_on_submit():
        try:
            service.change_account(current_user, name=form.name.data, language=form.language.data)
        except Refused as refusal:
            return _refused("accounts/settings.html", form, refusal)
        answer = make_response(done(url_for(".settings"), gettext("Saved.")))
        _remember(answer, "lang", form.language.data)
        return answer
    return form_page("accounts/settings.html", form=form)


@bp.route("/password", methods=["GET", "POST"])
@allow(P.SIGNED_IN)
def password() -> Answer:
    """Another password for the present one; every other session ends."""
    form = PasswordForm()
    if form.validate_on_submit():
        now = clock.now()
        try:
            account = resets.change_password(
                current_user, form.old.data, form.password.data, now=now
            )
        except Refused as refusal:
            return _refused("accounts/password.html", form, refusal)
        said = gettext("Your password is changed. Other devices are signed out.")
        return _enter(account, url_for(".settings"), now, said)
    return form_page("accounts/password.html", form=form)


@bp.route("/login", methods=["GET", "POST"])
@allow(P.SIGNED_IN)
def login() -> Answer:
    """Another mail address or phone number to sign in with; the password is asked again."""
    form = LoginForm()
    if form.validate_on_submit():
        now = clock.now()
        try:
            account = resets.change_login(current_user, form.old.data, form.login.data, now=now)
        except Refused as refusal:
            return _refused("accounts/login.html", form, refusal)
        said = gettext("Saved. Other devices are signed out.")
        return _enter(account, url_for(".settings"), now, said)
    return form_page("accounts/login.html", form=form)


@bp.post("/everywhere")
@allow(P.SIGNED_IN)
def everywhere() -> Answer:
    """Out on every device, on this one too."""
    resets.end_all_sessions(current_user, actor=actor(), now=clock.now())
    return _leave(gettext("You are signed out on every device."))


@preferences.post("/preferences")
@allow(P.PUBLIC)
def change() -> Answer:
    """Language, theme and type size, kept by the browser; the language by the account as well."""
    answer = make_response(done(own_path(request.form.get("next"), "/")))
    chosen = request.form.get("language")
    if chosen in TONGUES:
        _remember(answer, "lang", chosen)
        if current_user.is_authenticated:
            current_user.language = chosen
    for name, known in (("theme", THEMES), ("size", SIZES)):
        value = request.form.get(name)
        if value in known:
            _remember(answer, name, value)
    return answer


bp.add_url_rule("/all", view_func=roles.index)
bp.add_url_rule("/invite", view_func=roles.invite, methods=["GET", "POST"])
bp.add_url_rule("/<int:account_id>", view_func=roles.show)
bp.add_url_rule("/<int:account_id>/grant", view_func=roles.grant, methods=["GET", "POST"])
bp.add_url_rule(
    "/<int:account_id>/grants/<int:grant_id>/end", view_func=roles.end_grant, methods=["POST"]
)
bp.add_url_rule("/<int:account_id>/invite", view_func=roles.invite_again, methods=["POST"])
bp.add_url_rule("/<int:account_id>/close", view_func=roles.close, methods=["POST"])
bp.add_url_rule("/<int:account_id>/reopen", view_func=roles.reopen, methods=["POST"])


def _load(remembered: str) -> Account | None:
    number, _, epoch = remembered.partition(".")
    key = session.get("key")
    if not (number.isdecimal() and epoch.isdecimal() and isinstance(key, str)):
        return None
    found = signing.of_session(int(number), int(epoch), key, now=clock.now())
    if found is None:
        return None
    account, g.sitting = found
    return account


def _seen(response: Response) -> Response:
    """After the answer is settled: the session is in use."""
    if sitting := g.get("sitting"):
        sessions.seen(sitting, now=clock.now())
    return response


def _enter(
    account: Account, to: str, now: datetime, said: str | None = None, way: Way = Way.PASSWORD
) -> Response:
    """A session that is new from the ground, and a device that is known from now on."""
    here = _origin()
    session.clear()
    session.permanent = True
    session["key"] = sessions.begin(account.id, way, device=here.browser, now=now)
    session["at"] = int(now.timestamp())
    g.pop("sitting", None)
    login_user(account)
    answer = make_response(done(to, said))
    known = [account.id, *(number for number in here.known_to if number != account.id)]
    device = here.device or secrets.token_urlsafe(16)
    kept = _signer().dumps([device, known[:KNOWN_TO_AT_MOST]])
    _remember(answer, DEVICE, kept)
    return answer


def _leave(said: str) -> Response:
    logout_user()
    session.clear()
    answer = make_response(done(url_for(".sign_in"), said))
    answer.headers["Clear-Site-Data"] = '"cache", "storage"'
    return answer


def _refused(template: str, form: Form, refusal: Refused) -> Answer:
    """The form again, with the reasons; 429 when the tries were too many."""
    keep(refusal)
    form.refuse(refusal, FIELDS)
    if isinstance(refusal, tries.TooManyTries):
        answer = make_response(render_template(template, form=form), 429)
        answer.headers["Retry-After"] = str(refusal.seconds)
        return answer
    return form_page(template, form=form)


def _origin() -> tries.Origin:
    address, browser = request.remote_addr or "", request.user_agent.string
    try:
        device, known = _signer().loads(request.cookies.get(DEVICE, ""))
    except (BadSignature, ValueError, TypeError):
        return tries.Origin(address, browser=browser)
    return tries.Origin(address, device, known, browser)


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt=DEVICE)


def _remember(answer: Response, name: str, value: str) -> None:
    look = {"samesite": "Lax", "secure": current_app.config["SESSION_COOKIE_SECURE"]}
    if value:
        answer.set_cookie(name, value, max_age=YEAR, httponly=True, **look)
    else:
        answer.delete_cookie(name, httponly=True, **look)
