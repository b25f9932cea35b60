"""The doors for those who give roles: who has an account, which roles, whom to invite."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import render_template, url_for
from flask_babel import gettext
from htmx_flask import request

from talent import clock
from talent.access import Permission, allow
from talent.accounts import grants, removals
from talent.accounts.factors import service as factors
from talent.accounts.forms import FIELDS, GrantForm, InviteForm, TakeForm
from talent.accounts.proving import proved
from talent.audit import called
from talent.errors import Refused
from talent.i18n import language
from talent.offices.service import offices_of, visible_office
from talent.web import actor, done, form_page

if TYPE_CHECKING:
    from talent.web import Answer

P = Permission


def link_path() -> str:
    """The address of a mailed link, without the secret at its end."""
    return url_for("accounts.open_link", token="")


@allow(P.GRANT_ROLES)
def index() -> Answer:
    """Accounts with a role at one's offices, or of people whom they know."""
    q, after = request.args.get("q", "").strip(), request.args.get("after", type=int)
    accounts, following = grants.accounts_of(actor(), q=q, after=after)
    roles = {account.id: grants.live_grants(actor(), account) for account in accounts}
    return render_template(
        "accounts/index.html", accounts=accounts, roles=roles, q=q, following=following
    )


@allow(P.GRANT_ROLES)
def show(account_id: int) -> Answer:
    """One account, and what it may do at one's offices."""
    account = grants.visible_account(actor(), account_id)
    asked = removals.asked_of(account.id)
    return render_template(
        "accounts/show.html", account_shown=account,
        roles=grants.live_grants(actor(), account), may_close=grants.may_close(actor(), account),
        held=factors.held_by(account.id), asked=asked,
        asked_by=called([asked.asked_by]) if asked else {},
        shut=grants.is_shut(account, now=clock.now()),
    )  # fmt: skip


@allow(P.GRANT_ROLES)
def grant(account_id: int) -> Answer:
    """A role for an account that exists."""
    account = grants.visible_account(actor(), account_id)
    form = GrantForm()
    form.offer(offices_of(actor(), P.GRANT_ROLES))
    if form.validate_on_submit():
        office = visible_office(actor(), P.GRANT_ROLES, form.office_id.data)
        try:
            grants.grant(account, form.chosen_role, office, actor=actor(), now=clock.now())
        except Refused as refusal:
            form.refuse(refusal, FIELDS)
        else:
            to = url_for("accounts.show", account_id=account.id)
            return done(to, gettext("The role is granted."))
    return form_page("accounts/grant.html", form=form, account_shown=account)


@allow(P.GRANT_ROLES)
def end_grant(account_id: int, grant_id: int) -> Answer:
    """Take a role back."""
    account = grants.visible_account(actor(), account_id)
    grants.end_grant(account, grant_id, actor=actor(), now=clock.now())
    still = grants.live_grants(actor(), account)
    to = url_for("accounts.show", account_id=account.id) if still else url_for("accounts.index")
    return done(to, gettext("The role has ended."))


@allow(P.GRANT_ROLES)
def invite() -> Answer:
    """A role for somebody who is told by mail."""
    form = InviteForm()
    form.offer(offices_of(actor(), P.GRANT_ROLES))
    if form.validate_on_submit():
        office = visible_office(actor(), P.GRANT_ROLES, form.office_id.data)
        try:
            account = grants.invite_staff(
                name=form.name.data, typed=form.login.data, role=form.chosen_role, office=office,
                language=language(), path=link_path(), actor=actor(), now=clock.now(),
            )  # fmt: skip
        except Refused as refusal:
            form.refuse(refusal, FIELDS)
        else:
            to = url_for("accounts.show", account_id=account.id)
            return done(to, gettext("The role is granted, and the mail is on its way."))
    return form_page("accounts/invite.html", form=form)


@allow(P.GRANT_ROLES)
def invite_again(account_id: int) -> Answer:
    """A fresh link for somebody who has not set a password yet."""
    account = grants.visible_account(actor(), account_id)
    grants.invite_again(account, path=link_path(), now=clock.now())
    to = url_for("accounts.show", account_id=account.id)
    return done(to, gettext("The mail is on its way."))


@allow(P.GRANT_ROLES)
def close(account_id: int) -> Answer:
    """Let nobody in by this account any more."""
    account = grants.visible_account(actor(), account_id)
    grants.close(account, actor=actor(), now=clock.now())
    to = url_for("accounts.show", account_id=account.id)
    return done(to, gettext("The account is closed."))


@allow(P.GRANT_ROLES)
def reopen(account_id: int) -> Answer:
    """Let its holder in again."""
    account = grants.visible_account(actor(), account_id)
    grants.reopen(account, actor=actor(), now=clock.now())
    to = url_for("accounts.show", account_id=account.id)
    return done(to, gettext("The account is open again."))


@allow(P.GRANT_ROLES)
@proved
def take_step(account_id: int) -> Answer:
    """Take away a second step that its holder lost; of an administrator, ask another one."""
    account = grants.visible_account(actor(), account_id)
    form = TakeForm()
    if form.validate_on_submit():
        gone = removals.take(account, form.why.data, actor=actor(), now=clock.now())
        said = (
            gettext("The second step is taken away. Its holder is told and signs in again.")
            if gone
            else gettext("Another administrator has to agree now.")
        )
        return done(url_for("accounts.show", account_id=account.id), said)
    return form_page("accounts/take_step.html", form=form, account_shown=account)


@allow(P.GRANT_ROLES)
@proved
def agree_to_take(account_id: int) -> Answer:
    """The second administrator's word."""
    account = grants.visible_account(actor(), account_id)
    yes = request.args.get("word") == "yes"
    removals.agree(account, yes=yes, actor=actor(), now=clock.now())
    said = gettext("The second step is taken away. Its holder is told and signs in again.")
    stays = gettext("The second step stays.")
    return done(url_for("accounts.show", account_id=account.id), said if yes else stays)


@allow(P.GRANT_ROLES)
def let_in(account_id: int) -> Answer:
    """Forget the wrong tries of strangers, so that the holder may try again."""
    account = grants.visible_account(actor(), account_id)
    grants.let_in(account, actor=actor(), now=clock.now())
    to = url_for("accounts.show", account_id=account.id)
    return done(to, gettext("The wrong tries are forgotten."))
