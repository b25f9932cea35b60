"""The doors of the office's decisions on hours."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, render_template, url_for
from htmx_flask import request

from talent import clock
from talent.access import Permission, allow
from talent.errors import Refused
from talent.hours import service as hours
from talent.hours.review import service
from talent.hours.review.forms import CorrectionForm, DoubtForm, RefusalForm
from talent.i18n import gettext
from talent.web import actor, done, form_page, respond

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from talent.web import Answer

bp = Blueprint("review", __name__, url_prefix="/hours")


@bp.get("/review")
@allow(Permission.SEE_HOURS)
def index() -> Answer:
    """Records that wait for an approval."""
    found = service.waiting(actor(), after=request.args.get("after", 0, int))
    return _list("index", found)


@bp.get("/review/overdue")
@allow(Permission.SEE_HOURS)
def overdue() -> Answer:
    """Those that ten working days have passed by."""
    today = clock.today("Asia/Shanghai")
    found = service.overdue(actor(), today=today, after=request.args.get("after", 0, int))
    return _list("overdue", found)


@bp.get("/review/doubts")
@allow(Permission.SEE_HOURS)
def doubts() -> Answer:
    """What volunteers say is wrong."""
    found = service.doubts(actor(), after=request.args.get("after", 0, int))
    return _list("doubts", found)


def _list(name: str, found: Sequence[Any]) -> Answer:
    more = len(found) > hours.PAGE
    return render_template(
        "hours/review.html",
        part=name,
        found=found[: hours.PAGE],
        refusals=service.refusals_to_approve,
        next_url=url_for(f".{name}", after=found[hours.PAGE - 1].id) if more else "",
    )


@bp.post("/<int:record_id>/approval")
@allow(Permission.REVIEW_HOURS)
def approve(record_id: int) -> Answer:
    """The minutes go into the ledger."""
    record = service.reviewable(actor(), record_id)
    service.approve(record, actor=actor(), now=clock.now())
    said = gettext("Approved.")
    return respond("hours/_waiting.html", to=url_for(".index"), said=said, record=record)


@bp.route("/<int:record_id>/refusal", methods=["GET", "POST"])
@allow(Permission.REVIEW_HOURS)
def refuse(record_id: int) -> Answer:
    """The record stays and says why it does not count."""
    record = service.reviewable(actor(), record_id)
    form = RefusalForm()
    if form.validate_on_submit():
        service.refuse(record, why=form.why.data, actor=actor(), now=clock.now())
        return done(url_for(".index"), gettext("Refused. The volunteer sees the reason."))
    return form_page("hours/refuse.html", form=form, record=record)


@bp.route("/<int:record_id>/correction", methods=["GET", "POST"])
@allow(Permission.REVIEW_HOURS)
def correct(record_id: int) -> Answer:
    """A new entry makes the difference."""
    record = service.reviewable(actor(), record_id)
    form = CorrectionForm()
    if form.validate_on_submit():
        try:
            service.correct(
                record,
                to_minutes=record.minutes if form.to_minutes.data is None else form.to_minutes.data,
                reason=form.reason.data,
                actor=actor(),
                now=clock.now(),
            )
        except Refused as refusal:
            form.refuse(refusal)
        else:
            said = gettext("Corrected. The old value stays visible.")
            return done(url_for("hours.record", record_id=record.id), said)
    return form_page("hours/correct.html", form=form, record=record)


@bp.route("/<int:record_id>/doubt", methods=["GET", "POST"])
@allow(Permission.SIGNED_IN)
def ask(record_id: int) -> Answer:
    """This is wrong."""
    record = service.own(actor(), record_id)
    form = DoubtForm()
    if form.validate_on_submit():
        try:
            service.ask(
                record,
                wrong=form.wrong.data,
                wished=form.wished.data,
                actor=actor(),
                now=clock.now(),
            )
        except Refused as refusal:
            form.refuse(refusal)
        else:
            said = gettext("Sent. The office will check it and answer here.")
            return done(url_for("hours.record", record_id=record.id), said)
    return form_page("hours/ask.html", form=form, record=record)


@bp.route("/doubts/<int:request_id>/answer", methods=["GET", "POST"])
@allow(Permission.REVIEW_HOURS)
def answer(request_id: int) -> Answer:
    """Correct the record, or say why it stands."""
    doubt = service.doubt(actor(), request_id)
    form = CorrectionForm()
    if form.validate_on_submit():
        try:
            service.answer(
                doubt,
                to_minutes=form.to_minutes.data,
                words=form.reason.data,
                actor=actor(),
                now=clock.now(),
            )
        except Refused as refusal:
            form.refuse(refusal)
        else:
            return done(url_for(".doubts"), gettext("Answered."))
    return form_page("hours/answer.html", form=form, doubt=doubt, record=doubt.record)
