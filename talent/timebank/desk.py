"""The office's side of the time bank: accounts, requests, the common pool."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import g, render_template, url_for
from htmx_flask import request

from talent import clock
from talent.access import Field, Permission, allow
from talent.errors import NotFound, Refused
from talent.i18n import gettext
from talent.timebank import pool as pools
from talent.timebank import requests, service
from talent.timebank.forms import AnswerForm, BookForm, GiveForm
from talent.timebank.mine import printed, today
from talent.timebank.models import GiftState, RequestState
from talent.web import actor, done, form_page

if TYPE_CHECKING:
    from talent.timebank.models import BankRequest
    from talent.web import Answer

SEE, KEEP = Permission.SEE_BANK, Permission.KEEP_BANK


@allow(SEE)
def index() -> Answer:
    """The accounts of the people whom the reader's offices know, and the sums."""
    banks = service.kept_banks(actor(), SEE, today())
    q = request.args.get("q", "").strip()
    after = request.args.get("after", 0, type=int)
    found = service.accounts(actor(), today(), q=q, after=after)
    next_url = ""
    if len(found) > service.PAGE:
        next_url = url_for(".index", after=found[service.PAGE - 1].id, q=q or None)
    return render_template(
        "timebank/index.html",
        banks=banks,
        accounts=found[: service.PAGE],
        totals=service.totals(actor(), today()),
        q=q,
        next_url=next_url,
    )


@allow(SEE, shows={Field.NOTES})
def requests_page() -> Answer:
    """What people ask for, by the state it is in."""
    banks = service.kept_banks(actor(), SEE, today())
    state = RequestState.of(request.args.get("state"))
    after = request.args.get("after", 0, type=int)
    found = requests.listed(actor(), today(), state=state, after=after)
    next_url = ""
    if len(found) > requests.PAGE:
        next_url = url_for(".requests", after=found[requests.PAGE - 1].id, state=state)
    return render_template(
        "timebank/requests.html",
        banks=banks,
        found=found[: requests.PAGE],
        counts=requests.counts(actor(), today()),
        state=state,
        now=clock.now(),
        next_url=next_url,
    )


@allow(SEE, shows={Field.NOTES})
def account(account_id: int) -> Answer:
    """One account: balance, requests, entries."""
    found = service.visible_account(actor(), SEE, account_id, today())
    g.zone = found.office.zone
    entries = service.entries(found.id, before=request.args.get("before", type=int))
    next_url = ""
    if len(entries) > service.PAGE:
        next_url = url_for(".account", account_id=found.id, before=entries[service.PAGE - 1].id)
    return render_template(
        "timebank/account.html",
        owned=found,
        entries=entries[: service.PAGE],
        requests=service.requests_of(found.id),
        next_url=next_url,
    )


@allow(SEE)
def account_statement(account_id: int) -> Answer:
    """An account on paper, for somebody who comes to the counter."""
    found = service.visible_account(actor(), SEE, account_id, today())
    return printed(found, url_for(".account", account_id=found.id))


@allow(KEEP)
def take(request_id: int) -> Answer:
    found = _request(request_id)
    requests.take(found, actor=actor(), now=clock.now())
    return done(url_for(".requests"), gettext("Taken on."))


@allow(KEEP, shows={Field.NOTES})
def give_back(request_id: int) -> Answer:
    """The office cannot see to it, and says why."""
    found = _request(request_id)
    form = AnswerForm()
    if form.validate_on_submit():
        try:
            requests.give_back(found, form.why.data, actor=actor(), now=clock.now())
        except Refused as refusal:
            form.refuse(refusal)
        else:
            said = gettext("Returned. The minutes are free again.")
            return done(url_for(".requests"), said)
    return form_page("timebank/give_back.html", form=form, request_=found)


@allow(KEEP, shows={Field.NOTES})
def book(request_id: int) -> Answer:
    """After the service: what it took is spent."""
    found = _request(request_id)
    form = BookForm(minutes=found.minutes)
    if form.validate_on_submit():
        try:
            requests.book(found, form.minutes.data, actor=actor(), now=clock.now())
        except Refused as refusal:
            form.refuse(refusal, form.fields)
        else:
            return done(url_for(".requests"), gettext("Booked."))
    return form_page("timebank/book.html", form=form, request_=found)


@allow(SEE, shows={Field.REASONS})
def pool(bank_id: int) -> Answer:
    """The common pool: what is in it, what moved it, what waits for a second person."""
    bank = pools.visible_bank(actor(), SEE, bank_id, today())
    g.zone = bank.zone
    found = service.account_of(bank.id, None)
    before = request.args.get("before", type=int)
    entries = service.entries(found.id, before=before) if found else []
    next_url = ""
    if len(entries) > service.PAGE:
        next_url = url_for(".pool", bank_id=bank.id, before=entries[service.PAGE - 1].id)
    return render_template(
        "timebank/pool.html",
        bank=bank,
        pool=found,
        entries=entries[: service.PAGE],
        gifts=pools.waiting(found.id) if found else [],
        refusals=pools.refusals,
        next_url=next_url,
    )


@allow(KEEP)
def give(account_id: int) -> Answer:
    """Propose to give from the pool to somebody, and say why."""
    found = service.visible_account(actor(), KEEP, account_id, today())
    if not actor().may(KEEP, found.office.path):
        raise NotFound
    form = GiveForm()
    if form.validate_on_submit():
        try:
            pools.propose(
                found, form.minutes.data, form.reason.data, actor=actor(), now=clock.now()
            )
        except Refused as refusal:
            form.refuse(refusal, form.fields)
        else:
            said = gettext("Proposed. Somebody else of the office has to approve it.")
            return done(url_for(".pool", bank_id=found.office_id), said)
    pool_ = service.account_of(found.office_id, None)
    return form_page("timebank/give.html", form=form, owned=found, pool=pool_)


@allow(KEEP)
def approve_gift(gift_id: int) -> Answer:
    gift = pools.visible_gift(actor(), KEEP, gift_id, today())
    pools.approve(gift, actor=actor(), now=clock.now())
    return done(url_for(".pool", bank_id=gift.pool.office_id), gettext(GiftState.APPROVED.label))


@allow(KEEP)
def refuse_gift(gift_id: int) -> Answer:
    gift = pools.visible_gift(actor(), KEEP, gift_id, today())
    pools.refuse(gift, actor=actor(), now=clock.now())
    return done(url_for(".pool", bank_id=gift.pool.office_id), gettext(GiftState.REFUSED.label))


def _request(request_id: int) -> BankRequest:
    found = requests.visible_request(actor(), KEEP, request_id, today())
    g.zone = found.office.zone
    return found
