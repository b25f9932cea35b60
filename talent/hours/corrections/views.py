"""The doors of corrections: say what is wrong, answer, appeal, decide, and see all of it."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from typing import TYPE_CHECKING, Any

from flask import Blueprint, g, render_template, send_file, url_for
from htmx_flask import request

from talent import clock
from talent.access import Field, Permission, Scope, allow
from talent.db import one
from talent.errors import NotFound, Refused
from talent.forms import chosen_file
from talent.hours import service as hours
from talent.hours.amending import service as amending
from talent.hours.corrections import service
from talent.hours.corrections.forms import (
    ASK_FORMS,
    FIELD_OF,
    AppealForm,
    MissingForm,
    answer_form,
    remedy_of,
)
from talent.hours.requests import service as requests
from talent.hours.requests.service import Part
from talent.i18n import DEFAULT_ZONE, gettext, named
from talent.offices.models import Office
from talent.rules import corrections as law
from talent.rules.corrections import DETAILS, Unaskable, Wrong
from talent.rules.span import Span
from talent.shifts.models import Shift
from talent.web import actor, done, form_page

if TYPE_CHECKING:
    from talent.hours.corrections.forms import AnswerForm, AskForm
    from talent.hours.models import CorrectionRequest, ServiceRecord
    from talent.people.models import Person
    from talent.web import Answer

bp = Blueprint("corrections", __name__, url_prefix="/hours")
LOOK_BACK = timedelta(days=366)  # shifts that a volunteer may name as missing


@bp.get("/review/doubts")
@allow(Permission.SEE_HOURS, shows={Field.NOTES})
def index() -> Answer:
    """What volunteers say is wrong: to be answered, overdue, appealed, done."""
    part = Part.of(request.args.get("part")) or Part.OPEN
    today = clock.today(DEFAULT_ZONE, clock.now())
    found = requests.listed(actor(), part, today=today, after=request.args.get("after", type=int))
    return render_template(
        "hours/corrections/index.html",
        part=part,
        parts=Part,
        counts=requests.counts(actor(), today=today),
        found=found[: hours.PAGE],
        today=today,
        next_url=_next(found, ".index", part=part.value),
    )


@bp.get("/doubts")
@allow(Permission.SIGNED_IN, shows={Field.NOTES})
def mine() -> Answer:
    """What I asked for, for myself and my children."""
    found = requests.own(actor(), after=request.args.get("after", type=int))
    return render_template(
        "hours/corrections/mine.html",
        found=found[: hours.PAGE],
        today=clock.today(DEFAULT_ZONE, clock.now()),
        next_url=_next(found, ".mine"),
    )


def _next(found: Any, endpoint: str, **more: Any) -> str:
    if len(found) <= hours.PAGE:
        return ""
    return url_for(endpoint, after=found[hours.PAGE - 1].id, **more)


@bp.get("/doubts/<int:request_id>")
@allow(Permission.SIGNED_IN, Scope.EITHER, shows={Field.NOTES})
def show(request_id: int) -> Answer:
    """The whole course of a request, the same for both sides."""
    asked = requests.visible(actor(), request_id)
    g.zone = asked.office.zone
    today = clock.today(asked.office.zone, clock.now())
    path = asked.office.path
    staff = actor().may(Permission.SEE_HOURS, path)
    return render_template(
        "hours/corrections/show.html",
        asked=asked,
        today=today,
        staff=staff,
        own=asked.person_id == actor().person_id,
        names=hours.names_of({step.account_id for step in asked.steps}) if staff else {},
        reviews=actor().may(Permission.REVIEW_HOURS, path),
        decides=requests.is_above(actor(), asked.office),
        appealable=law.may_appeal(asked.state, due_on=asked.due_on, today=today),
    )


@bp.get("/doubts/<int:request_id>/evidence")
@allow(Permission.SIGNED_IN, Scope.EITHER)
def evidence(request_id: int) -> Answer:
    """The file that was handed in."""
    file = requests.visible(actor(), request_id).file
    if file is None:
        raise NotFound
    return send_file(
        BytesIO(file.content),
        mimetype=file.media_type,
        as_attachment=True,
        download_name=file.name,
    )


@bp.route("/<int:record_id>/doubt", methods=["GET", "POST"])
@allow(Permission.SIGNED_IN, Scope.EITHER)
def ask(record_id: int) -> Answer:
    """This is wrong."""
    record = requests.doubtable(actor(), record_id)
    g.zone = record.office.zone
    kind = Wrong.of(request.args.get("kind")) or Wrong.TIME
    if kind not in ASK_FORMS:
        raise NotFound
    form = ASK_FORMS[kind](data=amending.details(record))
    if form.validate_on_submit():
        try:
            asked = _asked(record, kind, form)
        except Refused as refusal:
            form.refuse(refusal, FIELD_OF)
        else:
            return _sent(asked)
    return form_page("hours/corrections/ask.html", form=form, record=record, kind=kind)


def _sent(asked: CorrectionRequest) -> Answer:
    said = gettext("Sent. The office will check it and answer here.")
    return done(url_for(".show", request_id=asked.id), said)


def _asked(record: ServiceRecord, kind: Wrong, form: AskForm) -> CorrectionRequest:
    old = amending.details(record)
    typed = {name: form[name].data or "" for name in DETAILS} if kind is Wrong.DETAILS else {}
    said = law.Request(
        kind,
        form.wrong.data,
        minutes=form["wished"].data if kind is Wrong.TIME else None,
        details={name: after for name, (_, after) in law.changes(old, typed).items()},
    )
    return service.ask(
        record.person,
        record.office,
        said=said,
        record=record,
        evidence=form.evidence.data,
        file=chosen_file(form.file),
        actor=actor(),
        now=clock.now(),
    )


@bp.route("/people/<int:person_id>/missing", methods=["GET", "POST"])
@allow(Permission.SIGNED_IN, Scope.EITHER)
def missing(person_id: int) -> Answer:
    """Service is missing."""
    person = requests.asker(actor(), person_id)
    form, now = MissingForm(), clock.now()
    shifts = requests.unrecorded_shifts(person.id, since=now - LOOK_BACK, now=now)
    form.shift_id.choices = [(0, gettext("Another one, or none"))]
    form.shift_id.choices += [(each.id, _named(each)) for each in shifts]
    form.office_id.choices = [(o.id, named(o)) for o in requests.offices_knowing(person)]
    if form.validate_on_submit():
        try:
            asked = _missed(person, form)
        except Refused as refusal:
            form.refuse(refusal, FIELD_OF)
        else:
            return _sent(asked)
    own = person.id == actor().person_id
    return form_page("hours/corrections/missing.html", form=form, person=person, own=own)


def _named(shift: Shift) -> str:
    return f"{shift.day:%Y-%m-%d} {shift.project.name}"


def _missed(person: Person, form: MissingForm) -> CorrectionRequest:
    shift = one(Shift, form.shift_id.data) if form.shift_id.data else None
    start, end = form.starts_at.data, form.ends_at.data
    if shift and not (start or end):
        start, end = shift.starts_at, shift.ends_at
    if start and end and end <= start:
        raise Refused([Unaskable.BACKWARDS])
    span = Span(start, end) if start and end else None
    activity = form.activity.data or (shift.project.name if shift else "")
    on_record = span is not None and requests.is_recorded(person.id, span)
    said = law.Request(
        Wrong.MISSING, form.wrong.data, on_record=on_record, activity=activity, span=span
    )
    return service.ask(
        person,
        shift.project.office if shift else one(Office, form.office_id.data),
        said=said,
        shift=shift,
        evidence=form.evidence.data,
        file=chosen_file(form.file),
        actor=actor(),
        now=clock.now(),
    )


@bp.post("/doubts/<int:request_id>/taking-up")
@allow(Permission.REVIEW_HOURS)
def take_up(request_id: int) -> Answer:
    """The office looks into it, and the volunteer sees that."""
    asked = requests.answerable(actor(), Permission.REVIEW_HOURS, request_id)
    service.take_up(asked, actor=actor(), now=clock.now())
    said = gettext("The volunteer sees that you are looking into it.")
    return done(url_for(".show", request_id=asked.id), said)


@bp.route("/doubts/<int:request_id>/answer", methods=["GET", "POST"])
@allow(Permission.REVIEW_HOURS, shows={Field.NOTES})
def answer(request_id: int) -> Answer:
    """Mend the record, or say why it stands."""
    asked = requests.answerable(actor(), Permission.REVIEW_HOURS, request_id)
    return _verdict(asked, service.answer, gettext("Answered."))


@bp.route("/doubts/<int:request_id>/decision", methods=["GET", "POST"])
@allow(Permission.REVIEW_LONG_DAYS, shows={Field.NOTES})
def decide(request_id: int) -> Answer:
    """The level above decides on an appeal."""
    asked = requests.answerable(actor(), Permission.REVIEW_LONG_DAYS, request_id)
    return _verdict(asked, service.decide, gettext("Decided. Both sides see it."))


def _verdict(asked: CorrectionRequest, give: Any, said: str) -> Answer:
    g.zone = asked.office.zone
    form: AnswerForm = answer_form(asked)
    if form.validate_on_submit():
        try:
            give(
                asked,
                remedy=remedy_of(asked, form),
                words=form.reason.data,
                actor=actor(),
                now=clock.now(),
            )
        except Refused as refusal:
            form.refuse(refusal, FIELD_OF)
        else:
            return done(url_for(".show", request_id=asked.id), said)
    return form_page(
        "hours/corrections/answer.html",
        form=form,
        asked=asked,
        appealed=give is service.decide,
        enters=requests.enters(asked),
    )


@bp.route("/doubts/<int:request_id>/appeal", methods=["GET", "POST"])
@allow(Permission.SIGNED_IN, Scope.EITHER)
def appeal(request_id: int) -> Answer:
    """To the level above."""
    asked = requests.speaks(actor(), request_id)
    g.zone = asked.office.zone
    form = AppealForm()
    if form.validate_on_submit():
        try:
            service.appeal(asked, words=form.why.data, actor=actor(), now=clock.now())
        except Refused as refusal:
            form.refuse(refusal)
        else:
            said = gettext("Sent to the level above. It decides, and its decision is final.")
            return done(url_for(".show", request_id=asked.id), said)
    return form_page("hours/corrections/appeal.html", form=form, asked=asked)
