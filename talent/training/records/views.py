"""The pages of training records: what others held, verifying it, taking back a mistake."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

from flask import g, render_template, send_file, url_for

from talent import clock, headers
from talent.access import Permission, Scope, allow
from talent.errors import NotFound, Refused
from talent.i18n import gettext, named
from talent.offices import service as offices
from talent.people import service as people
from talent.training.courses import service as courses
from talent.training.records import service
from talent.training.records.forms import FIELD_OF, ReasonForm, RecordForm
from talent.training.records.service import Learned, Paper
from talent.web import actor, done, form_page

if TYPE_CHECKING:
    from collections.abc import Sequence

    from talent.files import StoredFile
    from talent.offices.models import Office
    from talent.people.models import Person
    from talent.training.models import Course
    from talent.web import Answer


def as_file(file: StoredFile, *, shown: bool = False) -> Answer:
    """A paper as a file, or to be shown beside a form."""
    answer = send_file(
        BytesIO(file.content),
        mimetype=file.media_type,
        as_attachment=not shown,
        download_name=file.name,
    )
    answer.headers["Cache-Control"] = "no-store"
    if shown:
        answer.headers["Content-Security-Policy"] = headers.PAPER
    return answer


@allow(Permission.EDIT_TRAINING)
def new(person_id: int) -> Answer:
    """Training that another organiser held, as the office takes it down."""
    person = people.visible_person(actor(), Permission.EDIT_TRAINING, person_id)
    known = courses.usable(actor(), Permission.EDIT_TRAINING)
    own = offices.offices_of(actor(), Permission.EDIT_TRAINING)
    return _form(person, own, known, url_for("training.person", person_id=person.id))


@allow(Permission.SIGNED_IN)
def new_own() -> Answer:
    """Training that I had elsewhere."""
    if (person := people.own_person(actor())) is None:
        raise NotFound
    known = service.recording_offices(person.id)
    return _form(person, known, (), url_for("training.mine"))


def _form(person: Person, known: Sequence[Office], taught: Sequence[Course], back: str) -> Answer:
    form, by_id = RecordForm(), {course.id: course for course in taught}
    form.office_id.choices = [(office.id, named(office)) for office in known]
    form.course_id.choices = [("", gettext("None")), *((c.id, named(c)) for c in taught)]
    if form.validate_on_submit():
        office = next(office for office in known if office.id == form.office_id.data)
        learned = Learned(**{name: form.data[name] for name in Learned.__slots__})
        try:
            given = form.given()
            service.enter(
                person,
                office,
                learned,
                course=by_id.get(form.course_id.data),
                actor=actor(),
                now=clock.now(),
                paper=Paper(*given) if given else None,
            )
        except Refused as refusal:
            form.refuse(refusal, FIELD_OF)
        else:
            return done(back, gettext("Saved. It counts once a second person has verified it."))
    return form_page("training/record_form.html", form=form, person=person, back=back)


@allow(Permission.SEE_TRAINING)
def show(record_id: int) -> Answer:
    """Outside training with its evidence beside it, for the second person."""
    record = service.outside_record(actor(), Permission.SEE_TRAINING, record_id)
    g.frames = record.file is not None
    return render_template(
        "training/record.html",
        record=record,
        may_verify=actor().may(Permission.EDIT_TRAINING, record.office.path),
        reasons=service.refusals_to_verify(record, actor()),
        form=ReasonForm(formdata=None),
    )


@allow(Permission.SIGNED_IN, Scope.EITHER)
def paper(record_id: int) -> Answer:
    """The evidence, as a file."""
    return as_file(service.paper_of(actor(), record_id))


@allow(Permission.SIGNED_IN, Scope.EITHER)
def shown_paper(record_id: int) -> Answer:
    """The evidence, to be shown beside the form."""
    return as_file(service.paper_of(actor(), record_id), shown=True)


@allow(Permission.EDIT_TRAINING)
def verify(record_id: int) -> Answer:
    """A second person has seen it."""
    record = service.outside_record(actor(), Permission.EDIT_TRAINING, record_id)
    service.verify(record, actor=actor(), now=clock.now())
    return done(url_for("training.queue"), gettext("Verified. It counts from now on."))


@allow(Permission.EDIT_TRAINING)
def refuse(record_id: int) -> Answer:
    """The second person does not verify it, and says why."""
    record = service.outside_record(actor(), Permission.EDIT_TRAINING, record_id)
    form = ReasonForm()
    if form.validate_on_submit():
        service.refuse(record, why=form.why.data, actor=actor(), now=clock.now())
        return done(url_for("training.queue"), gettext("Not verified. The person is told why."))
    g.frames = record.file is not None
    return form_page(
        "training/record.html",
        form=form,
        record=record,
        may_verify=actor().may(Permission.EDIT_TRAINING, record.office.path),
        reasons=service.refusals_to_verify(record, actor()),
    )


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
