"""The doors of the time bank, as a table of addresses."""

from __future__ import annotations

from flask import Blueprint
from flask_login import current_user

from talent import clock, menu
from talent.i18n import DEFAULT_ZONE
from talent.timebank import desk, mine, service

bp = Blueprint("timebank", __name__, url_prefix="/time-bank")
READ, ACT, FORM = ["GET"], ["POST"], ["GET", "POST"]

for address, view, methods in (
    # One's own
    ("/", mine.mine, READ),
    ("/requests/new", mine.ask, FORM),
    ("/requests/<int:request_id>/cancellation", mine.cancel, ACT),
    ("/donations/new", mine.donate, FORM),
    ("/donations/<token>", mine.check_donation, FORM),
    ("/statement", mine.statement, READ),
    # The office's
    ("/accounts", desk.index, READ),
    ("/accounts/<int:account_id>", desk.account, READ),
    ("/accounts/<int:account_id>/statement", desk.account_statement, READ),
    ("/accounts/<int:account_id>/gift", desk.give, FORM),
    ("/requests/<int:request_id>/taking", desk.take, ACT),
    ("/requests/<int:request_id>/return", desk.give_back, FORM),
    ("/requests/<int:request_id>/booking", desk.book, FORM),
    ("/pools/<int:bank_id>", desk.pool, READ),
    ("/gifts/<int:gift_id>/approval", desk.approve_gift, ACT),
    ("/gifts/<int:gift_id>/refusal", desk.refuse_gift, ACT),
):
    bp.add_url_rule(address, view_func=view, methods=methods)
bp.add_url_rule("/requests", "requests", desk.requests_page)


def _banks() -> service.Banks:
    """As it was read with who asks; of one who has just come in, it is asked now."""
    said = current_user.banks
    return service.banks() if said is True else service.heard(said or "")


menu.WHERE["timebank.mine"] = lambda who: service.is_mine(who, _banks(), clock.today(DEFAULT_ZONE))
menu.WHERE["timebank.index"] = lambda who: service.is_kept(who, _banks(), clock.today(DEFAULT_ZONE))
