"""The pages of training records: entering what others held, taking back a mistake."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import url_for

from talent import clock
from talent.access import Permission, allow
from talent.errors import Refused
from talent.i18n import gettext, named
from talent.offices import service as offices
from talent.people import service as people
from talent.training.courses import service as courses
from talent.training.records import service
from talent.training.records.forms import FIELD_OF, ReasonForm, RecordForm
from talent.training.records.service import Learned
from talent.web import actor, done, form_page

if TYPE_CHECKING:
    from talent.web import Answer


@allow(Permission.EDIT_TRAINING)
def new(person_id: int) -> Answer:
    """Training that another organiser held."""
    person = people.visible_person(actor(), Permission.EDIT_TRAINING, person_id)
    known = {course.id: course for course in courses.usable(actor(), Permission.EDIT_TRAINING)}
    form = RecordForm()
    form.office_id.choices = [
        (office.id, named(office))
        for office in offices.offices_of(actor(), Permission.EDIT_TRAINING)
    ]
    form.course_id.choices = [
        ("", gettext("None")),
        *((id_, named(course)) for id_, course in known.items()),
    ]
    if form.validate_on_submit():
        office = offices.visible_office(actor(), Permission.EDIT_TRAINING, form.office_id.data)
        learned = Learned(**{name: form.data[name] for name in Learned.__slots__})
        course = known.get(form.course_id.data)
        try:
            service.enter(person, office, learned, course=course, actor=actor(), now=clock.now())
        except Refused as refusal:
            form.refuse(refusal, FIELD_OF)
        else:
            return done(url_for("training.person", person_id=person.id), gettext("Saved."))
    return form_page("training/record_form.html", form=form, person=person)


@allow(Permission.EDIT_TRAINING)
def withdraw(record_id: int) -> Answer:
    """It was entered by mistake."""
    record = service.editable_record(actor(), record_id)
    form = ReasonForm()
    if form.validate_on_submit():
        service.withdraw(record, why=form.why.data, actor=actor(), now=clock.now())
        return done(url_for("training.person", person_id=record.person_id), gettext("Withdrawn."))
    return form_page(
        "training/withdraw.html",
        form=form,
        title=record.name,
        person=record.person,
        back=url_for("training.person", person_id=record.person_id),
    )
