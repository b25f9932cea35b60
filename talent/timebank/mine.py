"""The volunteer's side of the time bank: the account, requests, donations, the statement."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from flask import g, render_template, url_for
from htmx_flask import request

from talent import clock
from talent.access import Field, Permission, allow
from talent.db import one
from talent.errors import NotFound, Refused
from talent.i18n import DEFAULT_ZONE, gettext, named
from talent.people.models import Person
from talent.rules.certificates import masked_name
from talent.rules.timebank import Donations
from talent.timebank import donations, requests, service
from talent.timebank.forms import AskForm, DonateForm, PeriodForm
from talent.web import actor, done, form_page, keep

if TYPE_CHECKING:
    from talent.offices.models import Office
    from talent.timebank.models import BankAccount
    from talent.timebank.service import Banks
    from talent.web import Answer


def today() -> date:
    """The day by which a bank is on or off."""
    return clock.today(DEFAULT_ZONE)


@allow(Permission.SIGNED_IN, shows={Field.NOTES})
def mine() -> Answer:
    """My account: what there is, what is reserved, what moved it."""
    bank, known = _bank()
    account = service.account_of(bank.id, _own())
    found = (
        service.entries(account.id, before=request.args.get("before", type=int)) if account else []
    )
    next_url = ""
    if len(found) > service.PAGE:
        next_url = url_for(".mine", bank=bank.id, before=found[service.PAGE - 1].id)
    return render_template(
        "timebank/mine.html",
        bank=bank,
        banks=service.banks_of(_own(), known, today()),
        owned=account,
        terms=service.terms_of(bank, today()),
        entries=found[: service.PAGE],
        requests=service.requests_of(account.id) if account else [],
        next_url=next_url,
    )


@allow(Permission.SIGNED_IN)
def ask() -> Answer:
    """Ask for a service; its minutes are reserved."""
    bank, known = _bank()
    person = one(Person, _own())
    form = AskForm()
    choices = service.offices_in(bank, known, today())
    form.office_id.choices = [(office.id, named(office)) for office in choices]
    if request.method == "GET":
        form.office_id.data = _nearest(person, choices)
    if form.validate_on_submit():
        office = next(each for each in choices if each.id == form.office_id.data)
        try:
            requests.ask(
                person, bank, office, what=form.what.data, starts_at=form.starts_at.data,
                minutes=form.minutes.data, actor=actor(), now=clock.now(),
            )  # fmt: skip
        except Refused as refusal:
            form.refuse(refusal, form.fields)
        else:
            said = gettext("Asked. The minutes are reserved until the office answers.")
            return done(url_for(".mine", bank=bank.id), said)
    account = service.account_of(bank.id, person.id)
    return form_page("timebank/ask.html", form=form, bank=bank, owned=account)


@allow(Permission.SIGNED_IN)
def cancel(request_id: int) -> Answer:
    """I do not need it any more."""
    found = requests.own_request(actor(), request_id)
    requests.cancel(found, actor=actor(), now=clock.now())
    said = gettext("Cancelled. The minutes are free again.")
    return done(url_for(".mine", bank=found.account.office_id), said)


@allow(Permission.SIGNED_IN)
def donate() -> Answer:
    """How much and to whom; the next page shows it before anything is moved."""
    bank, _ = _bank()
    terms = service.terms_of(bank, today())
    if terms.donations is Donations.OFF:
        raise NotFound
    form = DonateForm(allowed=terms.donations)
    if form.validate_on_submit():
        try:
            wish = donations.wish(
                one(Person, _own()), bank,
                typed=form.number.data if form.to_person else None,
                minutes=form.minutes.data, note=form.note.data,
                address=request.remote_addr or "", now=clock.now(),
            )  # fmt: skip
        except Refused as refusal:
            keep(refusal)
            form.refuse(refusal, form.fields)
        else:
            return done(url_for(".check_donation", token=wish.token))
    account = service.account_of(bank.id, _own())
    return form_page("timebank/donate.html", form=form, bank=bank, owned=account)


@allow(Permission.SIGNED_IN)
def check_donation(token: str) -> Answer:
    """What will be moved, and to whom, with the name in part; the button moves it."""
    wish = donations.wished(token, _own())
    bank, _ = _bank(wish.bank_id)
    if request.method == "POST":
        donations.donate(one(Person, _own()), bank, wish, actor=actor(), now=clock.now())
        return done(url_for(".mine", bank=bank.id), gettext("Donated. Thank you."))
    receiver = one(Person, wish.receiver_id) if wish.receiver_id else None
    return render_template(
        "timebank/check_donation.html",
        wish=wish,
        bank=bank,
        token=token,
        name=masked_name(receiver.name) if receiver else None,
    )


@allow(Permission.SIGNED_IN)
def statement() -> Answer:
    """My account on paper."""
    bank, _ = _bank()
    account = service.account_of(bank.id, _own())
    if account is None:
        raise NotFound
    return printed(account, url_for(".mine", bank=bank.id), bank=bank.id)


def printed(account: BankAccount, back: str, **kept: int) -> Answer:
    """The statement of an account, from a day to a day."""
    form = PeriodForm(request.args)
    zone = ZoneInfo(account.office.zone)
    g.zone = account.office.zone
    last = form.last.data if form.validate() and form.last.data else clock.today(zone.key)
    first = form.first.data if form.validate() and form.first.data else date(last.year, 1, 1)
    begins = datetime.combine(first, time(), zone)
    ends = datetime.combine(last + timedelta(days=1), time(), zone)
    found = service.entries(account.id, first=begins, last=ends, limit=None)
    return form_page(
        "timebank/statement.html",
        form=form,
        owned=account,
        entries=list(reversed(found)),
        first=first,
        last=last,
        before=service.balance_at(account.id, begins),
        after=service.balance_at(account.id, ends),
        now=clock.now(),
        back=back,
        kept=kept,
    )


def _own() -> int:
    if (person_id := actor().person_id) is None:
        raise NotFound
    return person_id


def _bank(bank_id: int | None = None) -> tuple[Office, Banks]:
    known = service.banks()
    asked = bank_id or request.args.get("bank", type=int)
    return service.own_bank(actor(), known, bank_id=asked, day=today()), known


def _nearest(person: Person, offices: list[Office]) -> int | None:
    mine = {registration.office_id for registration in person.registrations}
    return next((office.id for office in offices if office.id in mine), None)
