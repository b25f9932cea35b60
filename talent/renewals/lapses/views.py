"""The page of what lapses, and reminding somebody of it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from flask import render_template, url_for
from htmx_flask import request

from talent import clock
from talent.access import Permission, allow
from talent.forms import is_on_calendar
from talent.i18n import DEFAULT_ZONE, gettext
from talent.renewals.lapses import breaking, figures, reminding, service
from talent.renewals.lapses.service import LOOK_BACK, ONE_DAY, Stretch, Subject
from talent.rules.credentials import NOTICE_DAYS
from talent.training.service import PAGE, bookable
from talent.web import actor, done, own_path

if TYPE_CHECKING:
    from talent.web import Answer

MOST_DAYS = 3660


@allow(Permission.SEE_TRAINING)
def index() -> Answer:
    """What lapses up to a day, and what it breaks."""
    subject = Subject.of(request.args.get("what")) or Subject.CREDENTIALS
    today, now, lapsed = clock.today(DEFAULT_ZONE), clock.now(), "lapsed" in request.args
    until = _asked_day(today)
    within = Stretch(today, until)
    if lapsed:
        within = Stretch(today - LOOK_BACK, today - ONE_DAY)
    found = service.lapsing(actor(), subject, within, after=request.args.get("after", 0, int))
    shown = found[:PAGE]
    return render_template(
        "renewals/index.html",
        lapses=shown,
        more=found[PAGE - 1].id if len(found) > PAGE else None,
        number=service.number(actor(), subject, within),
        broken=breaking.shifts_broken(actor(), shown, now=now),
        sessions=breaking.sessions_closing(shown, now=now),
        fallen=[] if lapsed else figures.fallen(actor(), today=today, until=until),
        subject=subject,
        subjects=Subject,
        until=until,
        lapsed=lapsed,
        today=today,
        notices={days: today + timedelta(days=days) for days in NOTICE_DAYS},
        may_edit=actor().may(Permission.EDIT_TRAINING),
        bookable=bookable(actor()),
        may_plan=actor().may(Permission.PLAN_SHIFTS),
    )


@allow(Permission.EDIT_TRAINING)
def remind(subject: str, id_: int) -> Answer:
    """Remind its holder now."""
    known = Subject(subject)
    lapse = service.one(actor(), known, id_)
    reminding.ask(lapse, actor=actor(), now=clock.now())
    back = own_path(request.form.get("back"), url_for("renewals.index", what=known.value))
    return done(back, gettext("%(name)s is reminded.", name=lapse.person.name))


def _asked_day(today: date) -> date:
    try:
        day = date.fromisoformat(request.args.get("until", ""))
    except ValueError:
        days = request.args.get("days", NOTICE_DAYS[-1], int)
        day = today + timedelta(days=days if 0 <= days <= MOST_DAYS else NOTICE_DAYS[-1])
    return day if is_on_calendar(day) and day >= today else today + timedelta(NOTICE_DAYS[-1])
