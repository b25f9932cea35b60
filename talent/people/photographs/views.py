"""The doors of a photograph: seen, handed in, removed."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

from flask import send_file, url_for
from flask_babel import gettext as _

from talent import clock
from talent.access import Permission, Scope, allow
from talent.errors import NotFound, Refused
from talent.files import FileTrouble
from talent.offices.models import Setting
from talent.people import service as people
from talent.people.consents import service as consenting
from talent.people.photographs import service
from talent.people.photographs.forms import FIELDS, OfficePhotographForm, PhotographForm
from talent.people.photographs.service import LARGEST_UPLOAD, NoPhotograph
from talent.people.portraits import service as portraits
from talent.people.profile import service as profile
from talent.people.registrations import service as registering
from talent.rules.consent import ConsentKind
from talent.web import actor, done, form_page, takes_at_most

if TYPE_CHECKING:
    from talent.people.models import Person
    from talent.web import Answer


@allow(Permission.SIGNED_IN, Scope.EITHER)
def picture(person_id: int) -> Answer:
    """The photograph, for who may see the person; no shared machine keeps it."""
    person = people.reachable(actor(), Permission.SEE_PEOPLE, person_id)
    if (file := portraits.of(person)) is None:
        raise NotFound
    answer = send_file(BytesIO(file.content), file.media_type, etag=file.digest[:16])
    answer.headers["Cache-Control"] = "private, no-cache"
    return answer


@allow(Permission.SIGNED_IN, Scope.EITHER)
@takes_at_most(LARGEST_UPLOAD + 64 * 1024)
def photograph(person_id: int) -> Answer:
    """Hand in a photograph of oneself or of one's child; the office with the consent on paper."""
    person = people.reachable(actor(), Permission.EDIT_PEOPLE, person_id)
    own = people.speaks_for(actor(), person)
    form = PhotographForm() if own else OfficePhotographForm()
    if form.validate_on_submit():
        with form.picture.data.stream as handed_in:
            content = handed_in.read()
        try:
            _keep(person, content, on_paper=not own)
        except Refused as refusal:
            form.refuse(refusal, {**FIELDS, **dict.fromkeys(FileTrouble, "picture")})
        else:
            return done(_home(person, own=own), _("The photograph is on record."))
    back = _home(person, own=own)
    return form_page("people/photograph.html", form=form, person=person, back=back)


def _keep(person: Person, content: bytes, *, on_paper: bool) -> None:
    now = clock.now()
    if not profile.asked(person, Setting.PHOTOGRAPHS, now):
        raise Refused([NoPhotograph.NOT_ASKED])
    service.keep(person, content, actor=actor(), now=now)
    if ConsentKind.PHOTOGRAPH not in consenting.standing(people.consents_of(person.id)):
        consenting.give(person, [ConsentKind.PHOTOGRAPH], actor=actor(), now=now, on_paper=on_paper)


@allow(Permission.SIGNED_IN, Scope.EITHER)
def remove(person_id: int) -> Answer:
    """Delete the photograph, and with it the consent to keep one."""
    person = people.reachable(actor(), Permission.EDIT_PEOPLE, person_id)
    registering.withdraw(person, ConsentKind.PHOTOGRAPH, actor=actor(), now=clock.now())
    own = people.speaks_for(actor(), person)
    return done(_home(person, own=own), _("The photograph is deleted."))


def _home(person: Person, *, own: bool) -> str:
    return url_for("people.me") if own else url_for("people.show", person_id=person.id)
