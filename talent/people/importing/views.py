"""The doors of the import: the upload, the dry run, the confirmation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import render_template, url_for
from flask_babel import ngettext
from htmx_flask import request

from talent import clock
from talent.access import Permission, allow
from talent.errors import NotFound, Refused
from talent.offices.service import offices_of, visible_office
from talent.people.importing import service
from talent.people.importing.forms import UploadForm, answers
from talent.rules.identity import Sex, masked
from talent.sheets.outcomes import State
from talent.web import actor, done, form_page, ids

if TYPE_CHECKING:
    from talent.offices.models import Office
    from talent.web import Answer

PAGE = 200


@allow(Permission.EDIT_PEOPLE)
def upload() -> Answer:
    """Take a file; what it would do is shown on the next page."""
    form = UploadForm(offices=offices_of(actor(), Permission.EDIT_PEOPLE))
    if form.validate_on_submit():
        office = visible_office(actor(), Permission.EDIT_PEOPLE, form.office.data)
        sent = form.file.data
        try:
            file = service.keep(sent.filename, sent.read(), actor=actor(), now=clock.now())
        except Refused as refusal:
            form.refuse(refusal, dict.fromkeys((r.why for r in refusal.reasons), "file"))
        else:
            return done(url_for("people.import_rows", file_id=file.id, office=office.id))
    return form_page("people/import.html", form=form)


@allow(Permission.EDIT_PEOPLE)
def rows(file_id: int) -> Answer:
    """The dry run: every row with what becomes of it. Nothing has been written."""
    return _dry_run(file_id, _office(request.args.get("office", "")))


@allow(Permission.EDIT_PEOPLE)
def confirm(file_id: int) -> Answer:
    """Write what the dry run showed."""
    office = _office(request.form.get("office", ""))
    now = clock.now()
    found = service.confirm(
        service.kept(file_id, actor=actor()),
        office,
        digest=request.form.get("digest", ""),
        answers=answers(request.form),
        actor=actor(),
        now=now,
        today=clock.today(office.zone, now),
    )
    count = len(found.taken)
    said = ngettext("%(num)d person was taken.", "%(num)d people were taken.", count)
    return done(url_for("people.index", office=office.id), said)


def _office(number: str) -> Office:
    if not (found := ids([number])):
        raise NotFound
    return visible_office(actor(), Permission.EDIT_PEOPLE, found[0])


def _dry_run(file_id: int, office: Office) -> Answer:
    file = service.kept(file_id, actor=actor())
    found = service.dry_run(file, office, today=clock.today(office.zone))
    states = {state: [n for n in found.lines if n.state is state] for state in State}
    plain = states[State.TAKE] + states[State.UNCHANGED]
    after = next(iter(ids([request.args.get("after", "")])), 0)
    here = sorted((n for n in plain if n.number > after), key=lambda n: n.number)
    following = here[PAGE - 1].number if len(here) > PAGE else None
    return render_template(
        "people/import_rows.html",
        file=file,
        office=office,
        found=found,
        counts={state: len(lines) for state, lines in states.items() if lines},
        troubled=[n for n in found.lines if n not in plain],
        plain=here[:PAGE],
        next_url=url_for("people.import_rows", file_id=file.id, office=office.id, after=following)
        if following
        else "",
        sexes=Sex,
        masked=masked,
    )
