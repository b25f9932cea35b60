"""The pages on which files for the designated system are chosen, made and taken away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Response, abort, g, render_template, url_for
from htmx_flask import request
from werkzeug.datastructures import MultiDict

from talent import clock
from talent.access import Permission, allow
from talent.errors import Refused
from talent.hours.service import names_of
from talent.i18n import DEFAULT_ZONE, ngettext
from talent.national import service as national
from talent.national.batches import service
from talent.national.batches.forms import ChoiceForm, SendForm
from talent.national.batches.service import Choice, Unsent
from talent.offices.service import offices_of, visible_office
from talent.sheets.writing import CSV_TYPE, XLSX_TYPE
from talent.web import actor, done, form_page, looks_first

if TYPE_CHECKING:
    from talent.web import Answer

TYPES = {"xlsx": XLSX_TYPE, "csv": CSV_TYPE}


@allow(Permission.SEE_HOURS)
def index() -> Answer:
    """The files that were made, the latest first."""
    found = national.batches(actor(), after=request.args.get("after", type=int))
    more = len(found) > national.PAGE
    return render_template(
        "national/batches.html",
        batches=found[: national.PAGE],
        next_url=url_for(".batches", after=found[national.PAGE - 1].id) if more else "",
    )


def _asked() -> ChoiceForm:
    found = offices_of(actor(), Permission.REVIEW_HOURS)
    given = MultiDict(request.args)
    if found:
        given.setdefault("office", str(found[0].id))
    return ChoiceForm(given, offices=found)


def _choice(form: ChoiceForm) -> Choice | None:
    if not form.validate():
        return None
    office = visible_office(actor(), Permission.REVIEW_HOURS, form.office.data)
    return Choice(office, form.first.data, form.last.data, again=form.again.data)


@allow(Permission.REVIEW_HOURS)
def look() -> Answer:
    """Choose records and see what a file would hold; nothing is made."""
    asked, form, made = _asked(), SendForm(formdata=None), None
    choice = _choice(asked)
    if choice and "office" in request.args:
        try:
            made = service.look(choice, today=clock.today(DEFAULT_ZONE))
        except Refused as refusal:
            asked.refuse(refusal)
    return _page(asked, form, made, choice)


def _page(
    asked: ChoiceForm, form: SendForm, made: service.Made | None, choice: Choice | None
) -> Answer:
    whole = bool(choice and actor().may(Permission.SEE_IDENTITY, choice.office.path))
    return form_page(
        "national/send.html",
        asked=asked,
        form=form,
        made=made,
        whole=whole,
        here=url_for(".send", **request.args.to_dict()),
    )


def _make() -> None:
    """The file is written while nobody has to wait for it; what it took is compared later."""
    g.national_made = None
    choice, form = _choice(_asked()), SendForm()
    if choice and form.validate_on_submit():
        whole = form.identity.data
        g.national_made = service.make(choice, identity=whole, today=clock.today(DEFAULT_ZONE))


@allow(Permission.REVIEW_HOURS)
@looks_first(_make)
def send() -> Answer:
    """From now on the records of the file are sent."""
    asked, form = _asked(), SendForm()
    if (choice := _choice(asked)) is None:
        abort(400)
    if (made := g.national_made) and form.validate_on_submit():
        try:
            batch = service.send(
                choice,
                made,
                identity=form.identity.data,
                reason=form.reason.data or "",
                actor=actor(),
                now=clock.now(),
            )
        except Refused as refusal:
            form.refuse(refusal, {Unsent.NO_REASON: "reason"})
        else:
            said = ngettext(
                "The file holds %(num)s record.", "The file holds %(num)s records.", batch.records
            )
            return done(url_for(".batch", batch_id=batch.id), said)
    made = service.look(choice, today=clock.today(DEFAULT_ZONE))
    return _page(asked, form, made, choice)


@allow(Permission.SEE_HOURS)
def show(batch_id: int) -> Answer:
    """One file: what is in it, who made it, by which mapping."""
    batch = national.visible_batch(actor(), batch_id)
    path = batch.office.path
    may = actor().may(Permission.REVIEW_HOURS, path) and (
        not batch.identity or actor().may(Permission.SEE_IDENTITY, path)
    )
    return render_template(
        "national/batch.html",
        batch=batch,
        names=names_of({batch.made_by}),
        standings=service.standings_in(batch),
        may_take=may,
    )


@allow(Permission.REVIEW_HOURS)
def file(batch_id: int) -> Answer:
    """The file itself; each time it is kept who took it."""
    batch = national.visible_batch(actor(), batch_id)
    content = service.take(batch, actor=actor(), now=clock.now())
    name = batch.file.name if batch.file else ""
    return Response(
        content,
        mimetype=TYPES[batch.kind],
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
