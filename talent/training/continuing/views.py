"""The pages of continuing education: one's own, and that of a person whom the office knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import render_template

from talent import clock
from talent.access import Permission, allow
from talent.people import service as people
from talent.training.continuing import service
from talent.training.service import bookable
from talent.web import actor

if TYPE_CHECKING:
    from talent.people.models import Person
    from talent.web import Answer


@allow(Permission.SIGNED_IN)
def mine() -> Answer:
    """What I still have to learn in my term."""
    if (me := people.own_person(actor())) is None:
        return render_template("training/nobody.html")
    return _page(me, own=True)


@allow(Permission.SEE_TRAINING)
def of(person_id: int) -> Answer:
    """What a person still has to learn, for an office that knows the person."""
    return _page(people.visible_person(actor(), Permission.SEE_TRAINING, person_id), own=False)


def _page(person: Person, *, own: bool) -> Answer:
    return render_template(
        "training/continuing.html",
        person=person,
        own=own,
        may_edit=not own and actor().may(Permission.EDIT_TRAINING),
        bookable=() if own else bookable(actor()),
        found=service.continuing(person, now=clock.now()),
    )
