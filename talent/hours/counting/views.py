"""How hours are counted: an office's rules in words, and for staff when they changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, render_template

from talent import clock
from talent.access import Permission, Scope, allow
from talent.hours.counting import service
from talent.offices.forms import shown
from talent.web import actor

if TYPE_CHECKING:
    from talent.web import Answer

bp = Blueprint("counting", __name__, url_prefix="/hours/counting")


@bp.get("/")
@allow(Permission.SIGNED_IN, Scope.MEMBERS)
def index() -> Answer:
    """The offices that count the reader's hours, each with its rules in words."""
    rules = [
        (office, service.described(office, on=clock.today(office.zone)))
        for office in service.places(actor())
    ]
    return render_template("hours/counting/index.html", rules=rules)


@bp.get("/<int:office_id>")
@allow(Permission.SIGNED_IN, Scope.MEMBERS)
def show(office_id: int) -> Answer:
    """The rules of one office in words; staff see each profile that held, with its days."""
    office = service.visible_office(actor(), office_id)
    today = clock.today(office.zone)
    staff = actor().may(Permission.SEE_OFFICES, office.path)
    return render_template(
        "hours/counting/show.html",
        office=office,
        rules=service.described(office, on=today),
        coming=service.coming(office, after=today),
        history=service.history(office, until=today) if staff else [],
        staff=staff,
        shown=shown,
    )
