"""The pages on which an answer of the designated system is looked at and taken over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import render_template, url_for
from htmx_flask import request

from talent import clock
from talent.access import Permission, Scope, allow
from talent.errors import Refused
from talent.hours.review.service import reviewable
from talent.i18n import DEFAULT_ZONE, gettext, ngettext
from talent.national.answers import service
from talent.national.answers.forms import AnswerForm
from talent.national.models import Standing
from talent.offices.service import offices_of, visible_office
from talent.sheets.outcomes import State
from talent.web import actor, done, form_page

if TYPE_CHECKING:
    from talent.national.answers.service import Line
    from talent.offices.models import Office
    from talent.web import Answer

SHOWN = 500  # rows of a file on one page


@allow(Permission.REVIEW_HOURS)
def upload() -> Answer:
    """Hand in the file that came back."""
    form = AnswerForm(offices=offices_of(actor(), Permission.REVIEW_HOURS))
    if form.validate_on_submit():
        now = clock.now()
        office = visible_office(actor(), Permission.REVIEW_HOURS, form.office.data)
        name, content = form.file.data.filename, form.file.data.read()
        today = clock.today(DEFAULT_ZONE, now)
        try:
            service.judge(name, content, office, actor=actor(), today=today)
        except Refused as refusal:
            form.refuse(refusal, dict.fromkeys([r.why for r in refusal.reasons], "file"))
        else:
            file = service.keep(name, content, actor=actor(), now=now)
            return done(url_for(".answer", file_id=file.id, office=office.id))
    return form_page("national/answer_new.html", form=form)


def _refused_first(line: Line) -> bool:
    return line.state is not State.REFUSE


def _office() -> Office:
    number = request.args.get("office", 0, int)
    return visible_office(actor(), Permission.REVIEW_HOURS, number)


@allow(Permission.REVIEW_HOURS, Scope.OWN)
def show(file_id: int) -> Answer:
    """What taking it over would do; nothing has been written."""
    file, office = service.kept(file_id, actor=actor()), _office()
    found = service.look(file, office, actor=actor(), today=clock.today(DEFAULT_ZONE))
    return render_template(
        "national/answer.html",
        lines=sorted(found.lines, key=_refused_first)[:SHOWN],
        file=file,
        office=office,
        found=found,
        confirm=url_for(".take_answer", file_id=file.id, office=office.id),
        Standing=Standing,
    )


@allow(Permission.REVIEW_HOURS, Scope.OWN)
def take(file_id: int) -> Answer:
    """Take over what the preview showed."""
    file, now = service.kept(file_id, actor=actor()), clock.now()
    found = service.confirm(
        file,
        _office(),
        digest=request.form.get("digest", ""),
        actor=actor(),
        now=now,
        today=clock.today(DEFAULT_ZONE, now),
    )
    number = len(found.taken)
    said = ngettext("%(num)s record has its answer.", "%(num)s records have their answer.", number)
    return done(url_for(".index"), said)


@allow(Permission.REVIEW_HOURS)
def withdraw(record_id: int) -> Answer:
    """It was taken out of the designated system by hand."""
    record = reviewable(actor(), record_id)
    service.withdraw(record, actor=actor(), now=clock.now())
    said = gettext("Noted: the record was withdrawn there.")
    return done(url_for(".records", kind="taken-back"), said)
