"""The doors of coming in beside the password: the second step, and a passkey alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import current_app, render_template, session, url_for
from flask_babel import gettext

from talent import clock
from talent.access import Permission, allow
from talent.accounts import entering, signing
from talent.accounts.factors import passkeys
from talent.accounts.factors import service as factors
from talent.accounts.forms import AnswerForm, CodeForm
from talent.accounts.proving import answered, challenge
from talent.accounts.sessions.models import Way
from talent.errors import Refused
from talent.web import done

if TYPE_CHECKING:
    from talent.accounts.models import Account
    from talent.web import Answer

P = Permission


@allow(P.PUBLIC)
def code() -> Answer:
    """After the password: a code of the app, a recovery code or a passkey."""
    now = clock.now()
    account = entering.half_in(now)
    if account is None:
        return _begin_again()
    form = CodeForm()
    if form.validate_on_submit():
        try:
            way = factors.check_code(account, form.code.data, origin=entering.origin(), now=now)
        except Refused as refusal:
            return _page(account, form, refusal)
        signing.note_signed_in(account, way, now=now)
        return entering.enter(account, entering.way_on(), way=way, now=now)
    return _page(account, form)


@allow(P.PUBLIC)
def passkey() -> Answer:
    """What a passkey answered, alone or after the password."""
    now, form = clock.now(), AnswerForm()
    half = entering.half_in(now)
    try:
        account = passkeys.check(
            form.credential.data or "", challenge=answered(now),
            site=current_app.config["PUBLIC_URL"], of=half, now=now,
        )  # fmt: skip
    except Refused as refusal:
        if half is not None:
            return _page(half, CodeForm(formdata=None), refusal)
        form.credential.data = ""
        page = "accounts/sign_in_passkey.html"
        return entering.refused(page, form, refusal, asked=asked_of_any())
    signing.note_signed_in(account, Way.PASSKEY, now=now)
    return entering.enter(account, entering.way_on(), way=Way.PASSKEY, now=now)


def asked_of_any() -> str:
    """What the sign-in page asks of whatever passkey there is."""
    return passkeys.options_to_ask(challenge(), current_app.config["PUBLIC_URL"])


def _page(account: Account, form: CodeForm, refusal: Refused | None = None) -> Answer:
    held = factors.held_by(account.id)
    asked = held.passkeys and passkeys.options_to_ask(
        challenge(), current_app.config["PUBLIC_URL"], held.passkeys
    )
    context = {"held": held, "asked": asked, "to": entering.way_on()}
    if refusal is not None:
        return entering.refused("accounts/second.html", form, refusal, **context)
    status = 422 if form.failed else 200
    return render_template("accounts/second.html", form=form, **context), status


def _begin_again() -> Answer:
    session.pop("half", None)
    said = gettext("Please sign in again: that took more than ten minutes.")
    return done(url_for("accounts.sign_in", next=entering.way_on()), said)
