"""The doors of claims: asking, the letter's link, and the office's word."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cryptography.fernet import InvalidToken
from flask import render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from htmx_flask import request

from talent import clock
from talent.access import Permission, Scope, allow
from talent.errors import NotFound, Refused
from talent.i18n import DEFAULT_ZONE
from talent.people.claims import service
from talent.people.models import ClaimState
from talent.seal import unseal
from talent.web import actor, become, done

if TYPE_CHECKING:
    from talent.people.models import Claim
    from talent.web import Answer


@allow(Permission.SIGNED_IN)
def ask() -> Answer:
    """Claim the person with the document that was typed in; who that is, the form keeps sealed."""
    account_id, person_id = _unsealed(request.form.get("who", ""))
    if account_id != actor().account_id:
        raise NotFound
    service.ask(person_id, name=current_user.name, actor=actor(), now=clock.now())
    said = _("If there is a mail address on record, a letter with a link is on its way to it.")
    return done(url_for("people.me"), said)


def _unsealed(who: str) -> tuple[int, int]:
    try:
        account_id, person_id = map(int, unseal(who).removeprefix("claim ").split())
    except (InvalidToken, ValueError):
        raise NotFound from None
    return account_id, person_id


@allow(Permission.SIGNED_IN, Scope.TOKEN)
def letter(claim_id: int, code: str) -> Answer:
    """Where the letter's link leads: one button away from the end."""
    claim = service.by_code(actor(), claim_id, code, now=clock.now())
    return render_template("people/claimed.html", claim=claim, code=code)


@allow(Permission.SIGNED_IN)
def take(claim_id: int) -> Answer:
    """Take the person over, by the letter's code or by the office's word."""
    now = clock.now()
    if code := request.form.get("code"):
        claim = service.by_code(actor(), claim_id, code, now=now)
    else:
        claim = service.own_claim(actor(), claim_id)
        if claim.state is not ClaimState.CONFIRMED:
            raise Refused([service.Unclaimed.OVER])
    day = clock.today(DEFAULT_ZONE, now)
    if person := service.take(claim, actor=actor(), now=now, today=day):
        become(person.id)
    return done(url_for("people.me"), _("Your records are now under this account."))


@allow(Permission.EDIT_PEOPLE)
def confirm(claim_id: int) -> Answer:
    """The office knows: this account is the person's."""
    return _decide(claim_id, ClaimState.CONFIRMED)


@allow(Permission.EDIT_PEOPLE)
def refuse(claim_id: int) -> Answer:
    """The office knows: it is not."""
    return _decide(claim_id, ClaimState.REFUSED)


def _decide(claim_id: int, to: ClaimState) -> Answer:
    claim: Claim = service.visible_claim(actor(), Permission.EDIT_PEOPLE, claim_id)
    reason = request.form.get("reason", "")[:300]
    service.decide(claim, to, actor=actor(), now=clock.now(), reason=reason)
    return done(url_for("people.show", person_id=claim.person_id), _("Saved."))
