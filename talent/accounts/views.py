"""The doors of accounts: in and out, one's own settings, the language and look of the pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, current_app, g, make_response, session, url_for
from flask_babel import gettext
from flask_login import LoginManager, current_user
from htmx_flask import request

from talent import clock
from talent.access import Permission, Scope, allow
from talent.accounts import entering, resets, roles, second, securing, service, signing
from talent.accounts.forms import (
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
from talent.accounts.proving import proved
from talent.accounts.sessions.models import Way
from talent.errors import NotFound, Refused
from talent.i18n import language
from talent.offices.models import OfficeKind
from talent.offices.tree import Particulars
from talent.web import actor, done, form_page, own_path

if TYPE_CHECKING:
    from flask import Flask

    from talent.web import Answer

P = Permission
bp = Blueprint("accounts", __name__, url_prefix="/account")
preferences = Blueprint("preferences", __name__)

THEMES = {"", "light", "dark"}
SIZES = {"", "large", "larger", "largest"}


def init_app(app: Flask) -> None:
    """Tell the sign-in library how a session becomes an account."""
    login = LoginManager(app)
    login.session_protection = None  # marks what nobody asks for: a row says when it was proved
    login.user_loader(entering.load)
    app.after_request(entering.seen)


@bp.route("/sign-in", methods=["GET", "POST"])
@allow(P.PUBLIC)
def sign_in() -> Answer:
    """In, by mail address or phone number and password."""
    if not service.exists_any():
        return done(url_for(".first_start"))
    if not current_user.is_authenticated and g.get("short"):
        return done(url_for(".set_up_step", next=entering.way_on()))
    form = SignInForm()
    if form.validate_on_submit():
        now = clock.now()
        try:
            account = signing.sign_in(
                form.login.data, form.password.data, origin=entering.origin(), now=now
            )
        except Refused as refusal:
            return entering.refused(
                "accounts/sign_in.html", form, refusal, asked=second.asked_of_any()
            )
        return entering.come_in(account, entering.way_on(), now=now)
    return form_page("accounts/sign_in.html", form=form, asked=second.asked_of_any())


@bp.post("/sign-out")
@allow(P.PUBLIC)
def sign_out() -> Answer:
    """Out, also for whoever copied the cookie."""
    if key := session.get("key"):
        lifetime = current_app.permanent_session_lifetime
        signing.end_session(key, lifetime=lifetime, now=clock.now())
    return entering.leave(gettext("You are signed out."))


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
                language=language(), origin=entering.origin(), now=now,
            )  # fmt: skip
        except Refused as refusal:
            return entering.refused("accounts/sign_up.html", form, refusal)
        to = own_path(request.args.get("next"), url_for("people.register"))
        said = gettext("Your account is ready.")
        return entering.enter(account, to, said, way=Way.PASSWORD, now=now)
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
                signing.check_setup_code(form.code.data, origin=entering.origin(), now=now)
            kind = next(kind for kind in OfficeKind if kind.value == form.office_kind.data)
            account = service.set_up(
                office=Particulars(kind=kind, name_zh=form.office_name.data),
                name=form.name.data, typed=form.login.data, password=form.password.data,
                language=language(), now=now,
            )  # fmt: skip
        except Refused as refusal:
            return entering.refused("accounts/first_start.html", form, refusal)
        return entering.come_in(
            account, url_for("offices.index"), gettext("Talent is set up."), now=now
        )
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
@allow(P.PUBLIC, Scope.TOKEN)
def open_link(token: str) -> Answer:
    """Take the token out of the address: it must not stand in histories and logs."""
    session["reset"] = token
    return done(url_for(".reset"))


@bp.route("/reset", methods=["GET", "POST"])
@allow(P.PUBLIC, Scope.TOKEN)
def reset() -> Answer:
    """A new password, by the link of a mail."""
    now, token = clock.now(), session.get("reset", "")
    resets.open_invitation(token, now=now)
    form = ResetForm()
    if form.validate_on_submit():
        try:
            resets.set_password(token, form.password.data, now=now)
        except Refused as refusal:
            return entering.refused("accounts/reset.html", form, refusal)
        return entering.leave(gettext("Your new password holds. Please sign in with it."))
    return form_page("accounts/reset.html", form=form)


@bp.route("/", methods=["GET", "POST"])
@allow(P.SIGNED_IN)
def settings() -> Answer:
    """One's own account: name, language, the ways to change the password and to end sessions."""
    form = SettingsForm(obj=current_user)
    if form.validate_on_submit():
        try:
            service.change_account(
                current_user.account, name=form.name.data, language=form.language.data
            )
        except Refused as refusal:
            return entering.refused("accounts/settings.html", form, refusal)
        answer = make_response(done(url_for(".settings"), gettext("Saved.")))
        entering.remember(answer, "lang", form.language.data)
        return answer
    return form_page("accounts/settings.html", form=form)


@bp.route("/password", methods=["GET", "POST"])
@allow(P.SIGNED_IN)
@proved
def password() -> Answer:
    """Another password for the present one; every other session ends."""
    form = PasswordForm()
    if form.validate_on_submit():
        now = clock.now()
        try:
            account = resets.change_password(
                current_user.account, form.old.data, form.password.data, now=now
            )
        except Refused as refusal:
            return entering.refused("accounts/password.html", form, refusal)
        said = gettext("Your password is changed. Other devices are signed out.")
        return entering.enter(account, url_for(".settings"), said, way=entering.way_in(), now=now)
    return form_page("accounts/password.html", form=form)


@bp.route("/login", methods=["GET", "POST"])
@allow(P.SIGNED_IN)
@proved
def login() -> Answer:
    """Another mail address or phone number to sign in with; the password is asked again."""
    form = LoginForm()
    if form.validate_on_submit():
        now = clock.now()
        try:
            account = resets.change_login(
                current_user.account, form.old.data, form.login.data, now=now
            )
        except Refused as refusal:
            return entering.refused("accounts/login.html", form, refusal)
        said = gettext("Saved. Other devices are signed out.")
        return entering.enter(account, url_for(".settings"), said, way=entering.way_in(), now=now)
    return form_page("accounts/login.html", form=form)


@bp.post("/everywhere")
@allow(P.SIGNED_IN)
def everywhere() -> Answer:
    """Out on every device, on this one too."""
    resets.end_all_sessions(current_user.account, actor=actor(), now=clock.now())
    return entering.leave(gettext("You are signed out on every device."))


@preferences.post("/preferences")
@allow(P.PUBLIC)
def change() -> Answer:
    """Language, theme and type size, kept by the browser; the language by the account as well."""
    answer = make_response(done(own_path(request.form.get("next"), "/")))
    chosen = request.form.get("language")
    if chosen in TONGUES:
        entering.remember(answer, "lang", chosen)
        if current_user.is_authenticated:
            current_user.account.language = chosen
    for name, known in (("theme", THEMES), ("size", SIZES)):
        value = request.form.get(name)
        if value in known:
            entering.remember(answer, name, value)
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
for rule, view, name, methods in (
    ("/second-step", second.code, "second_step", ["GET", "POST"]),
    ("/passkey", second.passkey, "passkey", ["POST"]),
    ("/second-step/set-up", securing.set_up, "set_up_step", ["GET"]),
    ("/second-step/mine", securing.factors_page, "factors", ["GET"]),
    ("/second-step/app", securing.new_app, "new_app", ["GET", "POST"]),
    ("/second-step/app/end", securing.end_app, "end_app", ["POST"]),
    ("/second-step/codes", securing.codes, "codes", ["GET"]),
    ("/second-step/codes/new", securing.renew_codes, "renew_codes", ["POST"]),
    ("/second-step/passkeys/new", securing.new_passkey, "new_passkey", ["GET", "POST"]),
    ("/second-step/passkeys/<int:passkey_id>/remove", securing.remove_passkey, "remove_passkey",
     ["POST"]),
    ("/devices", securing.sessions_page, "sessions", ["GET"]),
    ("/devices/<int:session_id>/end", securing.end_session, "end_session", ["POST"]),
    ("/devices/others/end", securing.end_others, "end_others", ["POST"]),
    ("/<int:account_id>/second-step/take", roles.take_step, "take_step", ["GET", "POST"]),
    ("/<int:account_id>/second-step/agree", roles.agree_to_take, "agree_to_take", ["POST"]),
    ("/<int:account_id>/let-in", roles.let_in, "let_in", ["POST"]),
):  # fmt: skip
    bp.add_url_rule(rule, endpoint=name, view_func=view, methods=methods)
