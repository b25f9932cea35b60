"""The doors of the office's decisions on hours."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, g, render_template, url_for
from htmx_flask import request

from talent import clock
from talent.access import Field, Permission, allow
from talent.db import db
from talent.errors import NotFound, Refused
from talent.hours import service as hours
from talent.hours.flags import service as flagging
from talent.hours.models import RecordState, Verdict
from talent.hours.review import service
from talent.hours.review.forms import (
    CorrectionForm,
    RefusalForm,
    SettlingForm,
    SettlingStandingForm,
)
from talent.hours.worklist import service as worklist
from talent.hours.worklist.service import Part
from talent.i18n import DEFAULT_ZONE, gettext, sentence
from talent.offices import service as offices
from talent.rules.doubts import Advice, Unsettled
from talent.web import actor, done, form_page, respond

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from talent.hours.models import ServiceRecord
    from talent.rules.reason import Because
    from talent.web import Answer

bp = Blueprint("review", __name__, url_prefix="/hours")


@bp.get("/review")
@allow(Permission.SEE_HOURS, shows={Field.NOTES})
def index() -> Answer:
    """All records that wait for an approval."""
    return _list(Part.WAITING)


@bp.get("/review/overdue")
@allow(Permission.SEE_HOURS, shows={Field.NOTES})
def overdue() -> Answer:
    """Those that ten working days have passed by (Order 67 Art. 11)."""
    return _list(Part.OVERDUE)


@bp.get("/review/<string:step>")
@allow(Permission.SEE_HOURS, shows={Field.NOTES})
def part(step: str) -> Answer:
    """One part of the work list."""
    if (shown := Part.of(step)) is None:
        raise NotFound
    return _list(shown)


def _list(shown: Part) -> Answer:
    today = clock.today(DEFAULT_ZONE, clock.now())
    given = request.args
    within = worklist.narrowed(
        actor(),
        office_id=given.get("office", type=int),
        project_id=given.get("project", type=int),
        person=given.get("person", ""),
        kind=given.get("kind"),
    )
    found = worklist.listed(
        actor(), shown, within, today=today, after=given.get("after", 0, type=int)
    )
    counts, corrections = worklist.counts(actor(), within, today=today)
    more = len(found) > hours.PAGE
    found = found[: hours.PAGE]
    return render_template(
        "hours/review.html",
        part=shown,
        found=found,
        refusals=service.refusals(actor(), found),
        flags=flagging.open_flags([one.id for one in found]),
        counts=counts,
        corrections=corrections,
        within=within,
        part_url=part_url,
        offices=offices.offices_of(actor(), Permission.SEE_HOURS),
        projects=worklist.projects(actor()),
        kinds=worklist.Kind,
        next_url=part_url(shown, after=found[-1].id, **within.address) if more else "",
    )


def part_url(shown: Part, **more: Any) -> str:
    """The address of a part of the work list."""
    if shown in {Part.WAITING, Part.OVERDUE}:
        return url_for("review.overdue" if shown is Part.OVERDUE else "review.index", **more)
    return url_for("review.part", step=shown.value, **more)


@bp.route("/<int:record_id>/doubts", methods=["GET", "POST"])
@allow(Permission.REVIEW_HOURS, shows={Field.NOTES})
def settle(record_id: int) -> Answer:
    """What was noticed about a record, and what it turned out to be."""
    record = service.reviewable(actor(), record_id)
    g.zone = record.office.zone
    standing = record.state is RecordState.APPROVED
    form = SettlingStandingForm() if standing else SettlingForm()
    flags = flagging.open_flags([record.id]).get(record.id, [])
    if form.validate_on_submit():
        try:
            against = service.settle(
                record,
                Verdict(form.verdict.data),
                finding=form.finding.data,
                to_minutes=(form.to_minutes.data or 0) if standing else 0,
                actor=actor(),
                now=clock.now(),
            )
        except Refused as refusal:
            db.session.rollback()
            form.refuse(refusal, {Unsettled.NO_WORDS: "finding"})
        else:
            return done(url_for("hours.record", record_id=record.id), _said(record, against))
    page = {"form": form, "record": record, "flags": flags, "words": Advice}
    return form_page("hours/settle.html", **page)


def _said(record: ServiceRecord, against: Sequence[Because]) -> str:
    if against:
        return gettext("Settled. It still waits: %(why)s", why=sentence(against[0]))
    return {
        RecordState.APPROVED: gettext("Settled. The record stands."),
        RecordState.REFUSED: gettext("Settled. The record is refused, with your words."),
    }.get(record.state, gettext("Settled."))


@bp.post("/<int:record_id>/approval")
@allow(Permission.REVIEW_HOURS)
def approve(record_id: int) -> Answer:
    """The minutes go into the ledger."""
    record = service.reviewable(actor(), record_id)
    service.approve(record, actor=actor(), now=clock.now())
    said = gettext("Approved.")
    shown = {"record": record, "refusals": {}, "flags": {}}
    return respond("hours/_waiting.html", to=url_for(".index"), said=said, **shown)


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
