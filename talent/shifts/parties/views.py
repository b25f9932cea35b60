"""The doors of parties: signing up a group or a family, and the page of one's children."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import g, render_template, url_for
from flask_babel import ngettext
from htmx_flask import request

from talent import clock
from talent.access import Permission, Scope, allow
from talent.errors import NotFound, Refused
from talent.i18n import zone
from talent.people import service as people
from talent.shifts.browsing import service as browsing
from talent.shifts.browsing.service import Wanted
from talent.shifts.groups import service as groups
from talent.shifts.parties import service
from talent.shifts.parties.service import Divided, Way
from talent.shifts.projects.service import conditions
from talent.shifts.signups import service as signups
from talent.web import actor, done, ids

if TYPE_CHECKING:
    from collections.abc import Mapping

    from talent.rules.reason import Because
    from talent.shifts.models import Shift
    from talent.web import Answer


@allow(Permission.SIGNED_IN, Scope.MEMBERS)
def party(shift_id: int) -> Answer:
    """Choose who of a group or family comes, and sign them up together."""
    shift = service.shift_for(actor(), shift_id)
    g.zone = shift.zone
    chosen = request.values.get("group", "")
    if not chosen:
        return _choose(shift)
    if request.method == "GET":
        return _page(shift, chosen)
    who = service.party(actor(), chosen)
    asked = _asked(shift)
    try:
        found = service.sign_up(
            shift_id, asked, who, way=Way.of(request.form.get("way")) or Way.ALL,
            actor=actor(), now=clock.now(), risks_read=request.form.get("risks_read") == "1",
        )  # fmt: skip
    except Divided as refusal:
        again = service.shift_for(actor(), shift_id)
        return _page(again, chosen, refusal.reasons, refusal.by_person), 409
    except Refused as refusal:
        return _page(service.shift_for(actor(), shift_id), chosen, refusal.reasons), 409
    left = {person.id: reasons for person, _, reasons in found if reasons}
    count = len(found) - len(left)
    said = ngettext("%(num)d person is signed up.", "%(num)d people are signed up.", count)
    return done(url_for("shifts.party", shift_id=shift_id, group=chosen), said)


def _asked(shift: Shift) -> dict[int, int]:
    """Who was ticked, each with the position asked for him, or the one for all."""
    form = request.form
    known = [need.id for need in shift.needs]
    if not (needs := [n for n in ids([form.get("need", "")]) if n in known]):
        raise NotFound
    asked = {}
    for number in ids(form.getlist("who")):
        own = [n for n in ids([form.get(f"need-{number}", "")]) if n in known]
        asked[number] = (own or needs)[0]
    return asked


def _choose(shift: Shift) -> str:
    """Which of one's groups, or one's family."""
    own = people.own_person(actor())
    return render_template(
        "shifts/party_choice.html",
        shift=shift,
        groups=groups.led(actor()),
        wards=people.wards_of(own.id) if own else [],
        may_make=bool(groups.offices_for(actor())),
    )


def _page(
    shift: Shift,
    chosen: str,
    reasons: list[Because] | None = None,
    by_person: Mapping[int, list[Because]] | None = None,
) -> str:
    who = service.party(actor(), chosen)
    typed = request.form if request.method == "POST" else {}
    return render_template(
        "shifts/party.html",
        shift=shift,
        chosen=chosen,
        group=who.group,
        lines=service.lines(shift, who.persons, clock.now()),
        ways=Way,
        way=Way.of(typed.get("way")) or Way.ALL,
        ticked=ids(request.form.getlist("who")) if typed else None,
        typed=typed,
        reasons=reasons or [],
        by_person=by_person or {},
        conditions=conditions,
    )


@allow(Permission.SIGNED_IN)
def children() -> Answer:
    """The shifts of one's children, and those for which they can be signed up."""
    now = clock.now()
    if (own := people.own_person(actor())) is None:
        raise NotFound
    wards = people.wards_of(own.id)
    family = service.as_family(actor())
    lines, _more = browsing.coming(family, Wanted(), zone=zone(), now=now) if wards else ([], None)
    return render_template(
        "shifts/children.html",
        children=[(w, signups.coming(w.id, now), signups.past(w.id, now)) for w in wards],
        lines=[line for line in lines if line.starts > now and not line.cancelled],
    )
