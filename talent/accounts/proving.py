"""Before what a thief would do first, somebody shows again who sits there (ASVS 7.5.1)."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any

from flask import current_app, g, redirect, render_template, session
from flask_login import current_user
from htmx_flask import request

from talent import clock, once
from talent.accounts import entering, signing
from talent.accounts.factors import passkeys
from talent.accounts.factors import service as factors
from talent.accounts.forms import ProofForm
from talent.accounts.resets import NotSet
from talent.audit import Act, record
from talent.db import writing
from talent.errors import Refused, RefusedAndKept
from talent.rules.signing_in import proof_needed

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from talent.accounts.factors.service import Held
    from talent.accounts.models import Account
    from talent.accounts.sessions.models import Way
    from talent.web import Answer

MARK = "proof"  # the field by which the proof's own form is known
_OWN = frozenset({MARK, "proof_password", "proof_code", "credential", "csrf_token", once.FIELD})
_SECRET = frozenset({"old", "password"})  # nothing of it is ever put into a page


def proved(view: Callable[..., Answer]) -> Callable[..., Answer]:
    """Ask for the proof when the last one is some minutes old; then go on with what was typed."""

    @wraps(view)
    def act(**given: Any) -> Answer:
        now = clock.now()
        if not proof_needed(g.sitting.proved_at, now):
            return view(**given)
        held = factors.held_by(current_user.id)
        if MARK not in request.form:
            return _page(_form(held), held)
        form = _form(held)
        if not form.validate():
            return _page(form, held)
        if refusal := _prove(form, held, now):
            return _page(form, held, refusal)
        if request.form[MARK] == "GET":
            return redirect(request.full_path.rstrip("?"), 303)
        return view(**given)

    return act


def challenge() -> str:
    """A new one for the page that is shown; it stands in the cookie until it is answered."""
    made = passkeys.new_challenge()
    session["challenge"] = [made, int(clock.now().timestamp())]
    return made


def answered(now: datetime) -> str:
    """The challenge that was on the page, or one that nobody can have answered."""
    made, at = session.pop("challenge", ("", 0))
    fresh = now.timestamp() - at <= passkeys.ANSWERED_WITHIN.total_seconds()
    return str(made) if made and fresh else passkeys.new_challenge()


def _form(held: Held) -> ProofForm:
    form = ProofForm()
    if held.app is None and not (held.passkeys and held.codes_left):
        del form.proof_code
    if request.form.get("credential"):  # a passkey is enough
        for name in ("proof_password", "proof_code"):
            if name in form:
                del form[name]
    return form


def _prove(form: ProofForm, held: Held, now: datetime) -> Refused | None:
    """Each step is committed by itself, and so is the new key, whatever becomes of the act."""
    steps = [_by_passkey] if form.credential.data else [_by_password, _by_code]
    for step in steps:
        try:
            with writing():
                try:
                    step(form, held, now)
                except RefusedAndKept as refusal:
                    return refusal
        except Refused as refusal:
            return refusal
    return None


def _by_passkey(form: ProofForm, _held: Held, now: datetime) -> None:
    passkeys.check(
        form.credential.data, challenge=answered(now), site=current_app.config["PUBLIC_URL"],
        of=_me(), now=now,
    )  # fmt: skip
    _done(None, now)


def _by_password(form: ProofForm, _held: Held, now: datetime) -> None:
    if not signing.check_password_of(_me(), form.proof_password.data, now=now):
        raise RefusedAndKept([NotSet.OLD_WRONG])


def _by_code(form: ProofForm, held: Held, now: datetime) -> None:
    way = None
    if "proof_code" in form:
        way = factors.check_code(_me(), form.proof_code.data, origin=entering.origin(), now=now)
    elif held.passkeys:
        raise Refused([factors.NotProved.PASSKEY])
    _done(way, now)


def _done(way: Way | None, now: datetime) -> None:
    account = _me()
    record(Act.PROVED_AGAIN, account, actor=account.actor, now=now)
    entering.proved(way, now=now)


def _me() -> Account:
    account: Account = current_user.account
    return account


def _page(form: ProofForm, held: Held, refusal: Refused | None = None) -> Answer:
    asked = held.passkeys and passkeys.options_to_ask(
        challenge(), current_app.config["PUBLIC_URL"], held.passkeys
    )
    typed = [
        (name, value)
        for name, value in request.form.items(multi=True)
        if name not in _OWN | _SECRET and request.method == "POST"
    ]
    sent_from = request.form.get(MARK) or request.method
    context = {"asked": asked, "typed": typed, "sent_from": sent_from, "held": held}
    if refusal is not None:
        return entering.refused("accounts/proof.html", form, refusal, **context)
    status = 422 if form.failed else 200
    return render_template("accounts/proof.html", form=form, **context), status
