"""The doors of acts upon many people."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from flask import make_response, render_template, url_for
from htmx_flask import request

from talent import clock
from talent.access import Scope, allow
from talent.db import db
from talent.directory.acts import service
from talent.directory.acts.forms import FIELDS, WishForm
from talent.directory.acts.kinds import UNDOABLE, permission_of
from talent.directory.acts.outcomes import EDIT
from talent.directory.acts.service import Meant
from talent.directory.filters import wanted
from talent.directory.models import ManyKind
from talent.errors import NotAllowed, Refused
from talent.i18n import DEFAULT_ZONE, gettext
from talent.offices.service import categories, offices_of
from talent.people.service import skills
from talent.teams.models import Team
from talent.teams.service import teams_seen
from talent.web import actor, done, form_page, ids

if TYPE_CHECKING:
    from collections.abc import Sequence

    from talent.web import Answer

LOOK_AGAIN = 3  # seconds
MOST_TEAMS = 500


@allow(EDIT, Scope.OWN)
def acts() -> Answer:
    """What one has done to many people, the newest first."""
    rows, after = service.recent(actor(), after=request.args.get("after", type=int))
    now = clock.now()
    return render_template(
        "directory/acts.html",
        acts=rows,
        tallies=service.tallies(rows),
        against={act.id: service.refusals_to_undo(act, now) for act in rows},
        next_url=url_for("directory.acts", after=after) if after else "",
    )


@allow(EDIT)
def new_act() -> Answer:
    """Choose what to do, say how, look at what it would do, and do it: to those of the address."""
    kind, meant = ManyKind.of(request.args.get("kind")), _meant()
    if kind is None:
        return _choose(meant)
    if not actor().may(permission_of(kind)):
        raise NotAllowed
    form = WishForm(kind, _things(kind))
    page: dict[str, Any] = {"form": form, "kind": kind, "back": _back(meant), "preview": None}
    if not form.validate_on_submit():
        return form_page("directory/act_form.html", **page)
    now = clock.now()
    today = clock.today(DEFAULT_ZONE, now)
    if seen := request.form.get("seen"):
        try:
            act = service.confirm(
                kind, form.wish, meant, title=form.title, seen=seen,
                once=request.form.get("once", "")[:60], actor=actor(), now=now, today=today,
            )  # fmt: skip
        except Refused as refusal:
            form.refuse(refusal)
        else:
            return done(url_for("directory.act", act_id=act.id))
    page["preview"] = service.preview(kind, form.wish, meant, actor=actor(), today=today)
    page |= {"once": secrets.token_urlsafe(12), "undoable": kind in UNDOABLE}
    return form_page("directory/act_form.html", **page)


def _choose(meant: Meant) -> Answer:
    words: dict[str, Any] = dict(meant.wanted.query)
    words |= {"all": "1"} if meant.ticked is None else {"person": meant.ticked}
    return render_template(
        "directory/act_choose.html",
        kinds=[
            (each, url_for("directory.new_act", **words, kind=each.value))
            for each in FIELDS
            if actor().may(permission_of(each))
        ],
        ticked=meant.ticked,
        back=_back(meant),
    )


def _meant() -> Meant:
    """Those whom the address names: everybody whom its filters show, or those who were ticked."""
    wish = wanted(request.args)
    ticked = None if request.args.get("all") else ids(request.args.getlist("person"))
    return Meant(wish, ticked)


def _back(meant: Meant) -> str:
    return url_for("people.index", **meant.wanted.query)


def _things(kind: ManyKind) -> dict[str, Sequence[Any]]:
    """What may be chosen."""
    fields = FIELDS[kind]
    found: dict[str, Sequence[Any]] = {}
    if "skill" in fields:
        found["skill"] = skills()
    if "category" in fields:
        found["category"] = categories()
    if "team" in fields:
        query = Team.id.in_(teams_seen(actor(), EDIT)) & Team.ended_on.is_(None)
        rows = db.session.query(Team).filter(query).order_by(Team.name_zh, Team.id)
        found["team"] = rows.limit(MOST_TEAMS).all()
    for name in {"office", "at"} & set(fields):
        found[name] = offices_of(actor(), permission_of(kind))
    return found


@allow(EDIT, Scope.OWN)
def act(act_id: int) -> Answer:
    """How far it is, what became of whom, and its undo."""
    one = service.own_act(actor(), act_id)
    odd, after = service.told(one, actor(), after=request.args.get("after", 0, type=int))
    page = render_template(
        "directory/act.html",
        act=one,
        tally=service.tallies([one])[one.id],
        odd=odd,
        against=service.refusals_to_undo(one, clock.now()),
        next_url=url_for("directory.act", act_id=act_id, after=after) if after else "",
    )
    answer = make_response(page)
    if one.busy and not request.htmx:
        answer.headers["Refresh"] = str(LOOK_AGAIN)  # for those without JavaScript as well
    return answer


@allow(EDIT, Scope.OWN)
def undo_act(act_id: int) -> Answer:
    """Take it back where nothing was changed since."""
    one = service.own_act(actor(), act_id)
    service.undo(one, actor=actor(), now=clock.now())
    return done(url_for("directory.act", act_id=act_id))


@allow(EDIT, Scope.OWN)
def stop_act(act_id: int) -> Answer:
    """Go no further with it."""
    service.stop(service.own_act(actor(), act_id), clock.now())
    return done(url_for("directory.act", act_id=act_id), gettext("It goes no further."))
