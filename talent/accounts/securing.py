"""The doors to one's own second step and sessions: set up, see, end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import current_app, g, render_template, session, url_for
from flask_babel import gettext
from flask_login import current_user

from talent import clock
from talent.access import Permission, allow
from talent.accounts import entering
from talent.accounts.entering import first_step
from talent.accounts.factors import passkeys
from talent.accounts.factors import service as factors
from talent.accounts.forms import NewAppForm, NewPasskeyForm
from talent.accounts.proving import answered, challenge, proved
from talent.accounts.sessions import service as sessions
from talent.accounts.sessions.models import Way
from talent.audit import Act, record
from talent.errors import Refused
from talent.qr import code_of
from talent.rules import one_time
from talent.seal import seal, unseal
from talent.web import actor, done, form_page

if TYPE_CHECKING:
    from talent.accounts.models import Account
    from talent.web import Answer

P = Permission
ISSUER = "Talent"


@allow(P.SIGNED_IN)
@first_step
def set_up() -> Answer:
    """For staff without one: which second step there is, and why they need it."""
    if not g.short:
        return done(entering.way_on())
    return render_template("accounts/set_up_step.html", to=entering.way_on(), **_bare())


@allow(P.SIGNED_IN)
def factors_page() -> Answer:
    """What is asked beside the password, and how many recovery codes are left."""
    return render_template(
        "accounts/factors.html", held=factors.held_by(current_user.id),
        needed=entering.needs_step(current_user),
    )  # fmt: skip


@allow(P.SIGNED_IN)
@first_step
@proved
def new_app() -> Answer:
    """An app: the code to scan, and the first code that it shows."""
    form, now = NewAppForm(), clock.now()
    if "app_secret" not in session:
        session["app_secret"] = seal(factors.new_secret().hex())
    secret = bytes.fromhex(unseal(session["app_secret"]))
    if form.validate_on_submit():
        try:
            codes = factors.set_app(
                _me(), secret, form.code.data, origin=entering.origin(), now=now
            )
        except Refused as refusal:
            return entering.refused("accounts/new_app.html", form, refusal, **_drawn(secret))
        session.pop("app_secret")
        return _set_up(codes, Way.APP)
    return form_page("accounts/new_app.html", form=form, **_drawn(secret))


@allow(P.SIGNED_IN)
@proved
def end_app() -> Answer:
    """No more codes of the app."""
    factors.end_app(_me(), needed=entering.needs_step(current_user), now=clock.now())
    return done(url_for("accounts.factors"), gettext("Codes of the app are not asked any more."))


@allow(P.SIGNED_IN)
@first_step
def codes() -> Answer:
    """The recovery codes, once: whoever loses them makes new ones."""
    shown = unseal(session.pop("codes")).split() if "codes" in session else []
    return render_template(
        "accounts/codes.html", codes=shown, left=factors.held_by(current_user.id).codes_left,
        to=entering.way_on(url_for("accounts.factors")),
    )  # fmt: skip


@allow(P.SIGNED_IN)
@proved
def renew_codes() -> Answer:
    """Ten new ones."""
    session["codes"] = seal(" ".join(factors.renew_codes(_me(), now=clock.now())))
    return done(url_for("accounts.codes"))


@allow(P.SIGNED_IN)
@first_step
@proved
def new_passkey() -> Answer:
    """A passkey of this device or a key that is plugged in."""
    form, now = NewPasskeyForm(), clock.now()
    site = current_app.config["PUBLIC_URL"]
    if form.validate_on_submit():
        try:
            made = passkeys.add(
                _me(), form.credential.data or "", form.name.data,
                challenge=answered(now), site=site, now=now,
            )  # fmt: skip
        except Refused as refusal:
            form.credential.data = ""
            asked = passkeys.options_to_add(_me(), challenge(), site)
            return entering.refused(
                "accounts/new_passkey.html", form, refusal, asked=asked, **_bare()
            )
        return _set_up(made, Way.PASSKEY)
    form.credential.data = ""
    asked = passkeys.options_to_add(_me(), challenge(), site)
    return form_page("accounts/new_passkey.html", form=form, asked=asked, **_bare())


@allow(P.SIGNED_IN)
@proved
def remove_passkey(passkey_id: int) -> Answer:
    """A passkey that is lost or not used any more."""
    needed = entering.needs_step(current_user)
    passkeys.remove(_me(), passkey_id, needed=needed, now=clock.now())
    return done(url_for("accounts.factors"), gettext("The passkey is removed."))


@allow(P.SIGNED_IN)
def sessions_page() -> Answer:
    """Where one is signed in."""
    return render_template(
        "accounts/sessions.html", sessions=sessions.live(current_user.id), this=g.sitting.id
    )


@allow(P.SIGNED_IN)
@proved
def end_session(session_id: int) -> Answer:
    """Out on one device."""
    now = clock.now()
    sessions.end(current_user.id, session_id, now=now)
    record(Act.SESSION_ENDED, _me(), actor=actor(), now=now, session=session_id)
    return done(url_for("accounts.sessions"), gettext("That device is signed out."))


@allow(P.SIGNED_IN)
@proved
def end_others() -> Answer:
    """Out everywhere but here."""
    now = clock.now()
    sessions.end_all(current_user.id, but=g.sitting.id, now=now)
    record(Act.SESSION_ENDED, _me(), actor=actor(), now=now, session="others")
    return done(url_for("accounts.sessions"), gettext("All other devices are signed out."))


def _me() -> Account:
    account: Account = current_user.account
    return account


def _drawn(secret: bytes) -> dict[str, object]:
    address = one_time.address(secret, current_user.email or current_user.name, ISSUER)
    return {"drawn": code_of(address), "typed": one_time.shown_secret(secret), **_bare()}


def _bare() -> dict[str, object]:
    """Whoever has to set up a second step first is shown no menu: it leads nowhere yet."""
    return {"nav": []} if g.short else {}


def _set_up(made: list[str], way: Way) -> Answer:
    """On to the new recovery codes, or back to the list; the session counts as proved by it."""
    entering.proved(way, now=clock.now())
    if not made:
        return done(url_for("accounts.factors"), gettext("Saved."))
    session["codes"] = seal(" ".join(made))
    return done(url_for("accounts.codes", next=entering.way_on(url_for("accounts.factors"))))
