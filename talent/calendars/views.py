"""The pages on which a calendar address is made, and the calendars themselves."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from flask import Blueprint, Response, current_app, make_response, render_template, url_for
from htmx_flask import request

from talent import clock
from talent.access import Permission, Scope, allow
from talent.calendars import service
from talent.errors import NotFound
from talent.i18n import gettext, language, named
from talent.ical import Feed, calendar
from talent.offices import service as offices
from talent.qr import code_of
from talent.shifts.offers import service as offers
from talent.shifts.projects import service as projects
from talent.web import actor, done

if TYPE_CHECKING:
    from talent.calendars.models import CalendarAddress
    from talent.web import Answer

bp = Blueprint("calendars", __name__, url_prefix="/calendars")
REFRESH = timedelta(hours=1)


@bp.get("/")
@allow(Permission.SIGNED_IN)
def mine() -> Answer:
    return _page(gettext("My calendar"), "mine", person_id=_own())


@bp.post("/renewal")
@allow(Permission.SIGNED_IN)
def renew_mine() -> Answer:
    return _renewed(url_for("calendars.mine"), person_id=_own())


@bp.post("/ending")
@allow(Permission.SIGNED_IN)
def end_mine() -> Answer:
    return _ended(url_for("calendars.mine"), person_id=_own())


@bp.get("/offices/<int:office_id>")
@allow(Permission.SEE_SHIFTS)
def office(office_id: int) -> Answer:
    found = offices.visible_office(actor(), Permission.SEE_SHIFTS, office_id)
    return _page(named(found), "office", path=found.path, office_id=found.id)


@bp.post("/offices/<int:office_id>/renewal")
@allow(Permission.PLAN_SHIFTS)
def renew_office(office_id: int) -> Answer:
    found = offices.visible_office(actor(), Permission.PLAN_SHIFTS, office_id)
    return _renewed(url_for("calendars.office", office_id=found.id), office_id=found.id)


@bp.post("/offices/<int:office_id>/ending")
@allow(Permission.PLAN_SHIFTS)
def end_office(office_id: int) -> Answer:
    found = offices.visible_office(actor(), Permission.PLAN_SHIFTS, office_id)
    return _ended(url_for("calendars.office", office_id=found.id), office_id=found.id)


@bp.get("/projects/<int:project_id>")
@allow(Permission.SEE_SHIFTS)
def project(project_id: int) -> Answer:
    found = projects.visible_project(actor(), Permission.SEE_SHIFTS, project_id)
    return _page(named(found), "project", path=found.office.path, project_id=found.id)


@bp.post("/projects/<int:project_id>/renewal")
@allow(Permission.PLAN_SHIFTS)
def renew_project(project_id: int) -> Answer:
    found = projects.visible_project(actor(), Permission.PLAN_SHIFTS, project_id)
    return _renewed(url_for("calendars.project", project_id=found.id), project_id=found.id)


@bp.post("/projects/<int:project_id>/ending")
@allow(Permission.PLAN_SHIFTS)
def end_project(project_id: int) -> Answer:
    found = projects.visible_project(actor(), Permission.PLAN_SHIFTS, project_id)
    return _ended(url_for("calendars.project", project_id=found.id), project_id=found.id)


@bp.get("/<token>.ics")
@allow(Permission.PUBLIC, Scope.TOKEN)
def feed(token: str) -> Answer:
    address = service.at(token)
    entries = service.entries_of(address, host=_host(), now=clock.now())
    source = _host() + url_for("calendars.feed", token=token)
    told = Feed(service.name_of(address), source, REFRESH)
    answer = _answer(calendar(entries, told))
    answer.headers["Cache-Control"] = "private, no-cache"
    answer.add_etag()
    return answer.make_conditional(request)


@bp.get("/shifts/<int:shift_id>.ics")
@allow(Permission.SIGNED_IN, Scope.MEMBERS)
def shift(shift_id: int) -> Answer:
    found = offers.visible_shift(actor(), shift_id)
    entry = service.entry_of_shift(found, host=_host())
    source = _host() + url_for("calendars.shift", shift_id=shift_id)
    answer = _answer(calendar([entry], Feed(named(found.project), source, REFRESH)))
    answer.headers["Content-Disposition"] = f'attachment; filename="shift-{shift_id}.ics"'
    return answer


def _own() -> int:
    if (person_id := actor().person_id) is None:
        raise NotFound  # an account that stands for no volunteer has no shifts of its own
    return person_id


def _host() -> str:
    return str(current_app.config["PUBLIC_URL"])


def _answer(body: bytes) -> Response:
    answer = make_response(body)
    answer.headers["Content-Type"] = "text/calendar; charset=utf-8"
    return answer


def _page(title: str, kind: str, *, path: str | None = None, **owner: int) -> Answer:
    address = service.address_of(**owner)
    return render_template(
        "calendars/show.html",
        title=title,
        kind=kind,
        id_=next(iter(owner.values())),
        address=_link(address) if address else "",
        webcal="webcal://" + _link(address).partition("://")[2] if address else "",
        code=code_of(_link(address)) if address else "",
        since=address.made_at if address else None,
        may=path is None or actor().may(Permission.PLAN_SHIFTS, path),
    )


def _link(address: CalendarAddress) -> str:
    return _host() + url_for("calendars.feed", token=address.token)


def _renewed(back: str, **owner: int) -> Answer:
    service.renew(language=language(), now=clock.now(), **owner)
    return done(back, gettext("The calendar has a new address."))


def _ended(back: str, **owner: int) -> Answer:
    service.end(**owner)
    return done(back, gettext("The calendar has no address any more."))
