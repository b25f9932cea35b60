"""The doors of the list of people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import render_template, url_for
from htmx_flask import request

from talent import clock
from talent.access import Field, Permission, Scope, allow
from talent.db import db
from talent.directory import columns, search
from talent.directory.columns import Shown
from talent.directory.filters import AgeBand, Guardianship, Holding, Order, wanted
from talent.directory.lists.forms import ColumnsForm
from talent.directory.saved import service as saved
from talent.i18n import DEFAULT_ZONE, gettext
from talent.offices.service import categories, offices_of
from talent.people.models import RegistrationState
from talent.people.service import skills
from talent.rules.languages import Tongue
from talent.staffing.models import AppointmentKind
from talent.teams.models import Team
from talent.teams.service import teams_seen
from talent.training.service import kinds
from talent.web import actor, done, form_page, in_place

if TYPE_CHECKING:
    from talent.web import Answer

SEE = Permission.SEE_PEOPLE
MOST_TEAMS = 500


@allow(SEE, shows={Field.AREA, Field.BIRTH, Field.GUARDIAN})
def index() -> Answer:
    """The people whom the actor's offices know, as the filters of the address want them."""
    wish = wanted(request.args)
    today = clock.today(DEFAULT_ZONE, clock.now())
    found = search.listed(actor(), SEE, wish, today=today)
    shown = columns.chosen(actor())
    page: dict[str, Any] = {
        "wanted": wish,
        "found": found,
        "shown": shown,
        "column": Shown,
        "lines": columns.lines(found.ids, shown, actor(), SEE, today=today),
        "saved": saved.filters_of(actor()),
        "next_url": url_for("people.index", **wish.query, after=found.after) if found.after else "",
    }
    typing = in_place() and not request.htmx.history_restore_request
    return render_template("directory/index.html", **page, choices=None if typing else _all())


def _all() -> dict[str, Any]:
    """All that may be chosen in the filters; who types gets only the list anew."""
    teams = db.session.query(Team).filter(Team.id.in_(teams_seen(actor(), SEE)))
    return {
        "offices": offices_of(actor(), SEE),
        "states": RegistrationState,
        "categories": categories(),
        "skills": skills(all_=True),
        "tongues": Tongue,
        "teams": teams.order_by(Team.name_zh, Team.id).limit(MOST_TEAMS).all(),
        "ages": AgeBand,
        "credentials": kinds(),
        "holdings": Holding,
        "appointments": AppointmentKind,
        "guardians": Guardianship,
        "orders": Order,
    }


@allow(SEE, Scope.OWN)
def choose_columns() -> Answer:
    """Which columns one wants to see."""
    wish = wanted(request.args)
    back = url_for("people.index", **wish.query)
    form = ColumnsForm(data={"columns": [each.value for each in columns.chosen(actor())]})
    if form.validate_on_submit():
        columns.choose([Shown(code) for code in form.columns.data or ()], actor=actor())
        return done(back, gettext("Saved."))
    return form_page("directory/columns.html", form=form, back=back)
