"""The door at which a person, the guardian or the office adds what is good to know."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import url_for
from flask_babel import gettext as _

from talent import clock
from talent.access import Field, Permission, Scope, allow
from talent.errors import Refused
from talent.offices.models import Setting
from talent.people import service as people
from talent.people.profile import service
from talent.people.profile.forms import FIELDS, ProfileForm
from talent.web import actor, done, form_page

if TYPE_CHECKING:
    from talent.people.models import Person
    from talent.web import Answer


@allow(Permission.SIGNED_IN, Scope.EITHER, shows={Field.EMERGENCY})
def profile(person_id: int) -> Answer:
    """Languages, areas, the main office and a contact for emergencies."""
    person = people.reachable(actor(), Permission.EDIT_PEOPLE, person_id)
    now = clock.now()
    form = ProfileForm.of(
        person,
        places=service.areas_to_choose(person),
        homes=people.offices_at(person.id),
        contact=bool(person.emergency_phone)
        or service.asked(person, Setting.EMERGENCY_CONTACT, now),
    )
    if form.validate_on_submit():
        try:
            service.change(person, form.profile_of(person), actor=actor(), now=now)
        except Refused as refusal:
            form.refuse(refusal, FIELDS)
        else:
            return done(_home(person), _("Saved."))
    return form_page("people/profile.html", form=form, person=person, back=_home(person))


def _home(person: Person) -> str:
    """The page from which one came: one's own, or the person's at the office."""
    if people.speaks_for(actor(), person):
        return url_for("people.me")
    return url_for("people.show", person_id=person.id)
