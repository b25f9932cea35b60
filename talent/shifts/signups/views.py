"""The doors through which a volunteer takes a place, waits, and gives it up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import g, render_template, url_for
from htmx_flask import request

from talent import clock
from talent.access import Field, Permission, Scope, allow
from talent.i18n import gettext
from talent.people import service as people
from talent.rules.signup import SignupState
from talent.shifts.offers import service as offers
from talent.shifts.offers.views import card
from talent.shifts.proposals import service as proposals
from talent.shifts.seating import service as seating
from talent.shifts.signups import service
from talent.web import actor, done, looks_first, own_path

if TYPE_CHECKING:
    from talent.web import Answer


def _look(shift_id: int) -> None:
    seating.look(shift_id, _need_id(), actor=actor())


@allow(Permission.TAKE_SHIFTS, Scope.MEMBERS)
@looks_first(_look, again=False)
def sign_up(shift_id: int) -> Answer:
    return _taken(shift_id, wait=False)


@allow(Permission.TAKE_SHIFTS, Scope.MEMBERS)
def wait(shift_id: int) -> Answer:
    offers.check_visible(actor(), shift_id)
    return _taken(shift_id, wait=True)


def _taken(shift_id: int, *, wait: bool) -> Answer:
    state = service.sign_up(
        shift_id,
        _need_id(),
        actor=actor(),
        now=clock.now(),
        wait=wait,
        risks_read=request.form.get("risks_read") == "1",
    )
    seated = state is SignupState.CONFIRMED
    said = gettext("You have a place.") if seated else gettext("You are on the waiting list.")
    return card(shift_id, said)


def _need_id() -> int:
    return request.values.get("need", 0, type=int)


@allow(Permission.SIGNED_IN)
def cancel(shift_id: int) -> Answer:
    offers.check_visible(actor(), shift_id)
    service.cancel(shift_id, actor=actor(), now=clock.now())
    return card(shift_id, gettext("You have given up your place."))


@allow(Permission.SIGNED_IN)
def give_up(signup_id: int) -> Answer:
    """Give up a place for oneself, a child, or somebody whom one signed up with a group."""
    one = service.give_up(signup_id, actor=actor(), now=clock.now())
    said = gettext("%(name)s has given up the place.", name=one.person.name)
    return done(own_path(request.args.get("next"), url_for("shifts.mine")), said)


@allow(Permission.TAKE_SHIFTS, Scope.MEMBERS)
def keep(shift_id: int) -> Answer:
    offers.check_visible(actor(), shift_id)
    service.keep(shift_id, actor().person_id or 0)
    return card(shift_id, gettext("You keep your place."))


@allow(Permission.PUBLIC, Scope.TOKEN)
def answer(token: str) -> Answer:
    """What a mail about a moved shift leads to: a page that asks, and writes nothing."""
    one = service.read_answer_token(token)
    g.zone = one.shift.zone
    return render_template("shifts/answer.html", signup=one, said="")


@allow(Permission.PUBLIC, Scope.TOKEN)
def answered(token: str) -> Answer:
    """Keep the place or give it up, by the link alone."""
    one = service.read_answer_token(token)
    g.zone = one.shift.zone
    said = {
        "keep": gettext("You keep your place."),
        "drop": gettext("You have given up your place."),
    }.get(word := request.form.get("answer", ""))
    if said is None:
        return render_template("shifts/answer.html", signup=one, said=""), 422
    one = service.answered(one, keep_it=word == "keep", now=clock.now())
    return render_template("shifts/answer.html", signup=one, said=said)


@allow(Permission.SIGNED_IN)
def mine() -> Answer:
    now, own = clock.now(), actor().person_id or 0
    coming = service.coming(own, now)
    past = service.past(own, now, after=request.args.get("after", type=int))
    return render_template(
        "shifts/mine.html",
        coming=coming,
        forgotten=proposals.asked_of(own, now),
        turns=offers.turns_of(coming),
        past=past[: service.PAGE],
        more=past[service.PAGE - 1].id if len(past) > service.PAGE else None,
    )


@allow(Permission.SEE_PEOPLE, shows={Field.NOTES, Field.REASONS})
def person(person_id: int) -> Answer:
    found = people.visible_person(actor(), Permission.SEE_PEOPLE, person_id)
    after = request.args.get("after", type=int)
    rows = service.sign_ups_of(found.id, actor(), Permission.SEE_SHIFTS, after=after)
    return render_template(
        "shifts/person.html",
        person=found,
        signups=rows[: service.PAGE],
        more=rows[service.PAGE - 1].id if len(rows) > service.PAGE else None,
    )
