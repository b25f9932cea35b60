"""The doors of the board: its pages, the panel of one shift, and saved views."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from flask import g, render_template, url_for
from htmx_flask import request

from talent import clock
from talent.access import Field, Permission, Scope, allow
from talent.i18n import gettext
from talent.offices import service as offices
from talent.shifts.assignments import service as assignments
from talent.shifts.board import cards, reading, saved, service
from talent.shifts.board.forms import ViewForm, wanted
from talent.shifts.board.service import Grouping, View
from talent.shifts.models import ShiftState
from talent.web import actor, done, form_page, in_place, own_path

if TYPE_CHECKING:
    from talent.shifts.assignments.service import Choice
    from talent.shifts.board.service import Wanted
    from talent.shifts.outlines.service import Turn
    from talent.web import Answer


@allow(Permission.SEE_SHIFTS, shows={Field.REASONS})
def board() -> Answer:
    now, sought, zone = clock.now(), asked(), g.zone
    region = None
    if sought.view is not View.MONTH:
        region = service.region(actor(), sought, zone=zone, now=now)
    return render_template(
        "shifts/board.html",
        wanted=sought,
        region=region,
        tallies=service.tallies(actor(), sought, zone=zone, now=now),
        at=lambda **other: address(replace(sought, **({"after": None} | other))),
        here=address(sought),
        today=clock.today(zone, now),
        offices=offices.offices_of(actor(), Permission.SEE_SHIFTS),
        projects=service.projects_on(actor(), sought, zone),
        categories=offices.categories(all_=True),
        saved=saved.views_of(actor()),
        views=View,
        groupings=Grouping,
        states=ShiftState,
    )


def asked() -> Wanted:
    """What the address asks of the board; from now on times are those of its offices."""
    g.zone = service.zone_of(actor(), request.args.get("office", type=int))
    return wanted(request.args, clock.today(g.zone, clock.now()))


def address(sought: Wanted) -> str:
    """The address of this board."""
    words: dict[str, Any] = sought.query
    return url_for("shifts.board", **words)


@allow(Permission.SEE_SHIFTS, shows={Field.REASONS})
def board_shift(shift_id: int) -> Answer:
    """The panel of a shift; of it alone what asks for it in place; to a search those found."""
    if in_place() and request.headers.get("HX-Target") == "found":
        shift = reading.visible_turn(actor(), Permission.SEE_SHIFTS, shift_id)
        return render_template("shifts/_found.html", **_search(shift))
    page = "shifts/_board_shift.html" if in_place() else "shifts/board_shift.html"
    return render_template(page, **_panel(shift_id, Permission.SEE_SHIFTS))


@allow(Permission.PLAN_SHIFTS)
def board_assign(shift_id: int) -> Answer:
    shift = assignments.visible_shift(actor(), Permission.PLAN_SHIFTS, shift_id)
    one = assignments.assign(
        shift,
        request.values.get("need", 0, type=int),
        request.values.get("person", 0, type=int),
        actor=actor(),
        now=clock.now(),
        reason=request.form.get("reason", ""),
    )
    said = gettext("%(name)s has a place.", name=one.person.name)
    if not in_place():
        return done(url_for("shifts.board_shift", shift_id=shift_id, back=_back()), said)
    told = _panel(shift_id, Permission.PLAN_SHIFTS)
    return render_template("shifts/_board_shift.html", said=said, **told)


def _panel(shift_id: int, permission: Permission) -> dict[str, Any]:
    """One shift with its people, and those who are looked for to be given a place."""
    shift: Any
    people: Any
    shift, people = reading.visible_panel(actor(), permission, shift_id)
    return _search(shift) | {"card": cards.carded([shift], people, actor(), clock.now())[0]}


def _search(shift: Turn) -> dict[str, Any]:
    """Those whom a few typed signs find, with what the law says to the chosen position."""
    g.zone = shift.zone
    typed = "" if request.method == "POST" else request.args.get("q", "").strip()[:50]
    open_ = [need for need in shift.needs if need.short] + [n for n in shift.needs if n.free]
    chosen = request.values.get("need", type=int) or next((need.id for need in open_), None)
    found: list[Choice] = []
    if typed and actor().may(Permission.PLAN_SHIFTS, shift.project.office.path):
        whole: Any = shift
        every = assignments.choices(whole, typed, actor=actor(), now=clock.now(), walk_in=False)
        found = [each for each in every if each.need.id == chosen]
    return {"shift": shift, "q": typed, "chosen": chosen, "found": found, "back": _back()}


def _back() -> str:
    return own_path(request.values.get("back"), url_for("shifts.board"))


@allow(Permission.SEE_SHIFTS, Scope.OWN)
def new_view() -> Answer:
    form, sought = ViewForm(), asked()
    if form.validate_on_submit():
        saved.save_view(form.name.data, sought.query, actor=actor(), now=clock.now())
        return done(address(sought), gettext("The view is saved."))
    return form_page("shifts/view_form.html", form=form, view=None, back=address(sought))


@allow(Permission.SEE_SHIFTS, Scope.OWN)
def edit_view(view_id: int) -> Answer:
    view = saved.own_view(actor(), view_id)
    form = ViewForm(obj=view)
    if form.validate_on_submit():
        other = saved.named_view(actor(), form.name.data)
        if other is None or other is view:
            view.name = form.name.data
            return done(url_for("shifts.board"), gettext("Saved."))
        form.name.errors = [gettext("Another view has this name.")]
    back = url_for("shifts.board")
    return form_page("shifts/view_form.html", form=form, view=view, back=back)


@allow(Permission.SEE_SHIFTS, Scope.OWN)
def remove_view(view_id: int) -> Answer:
    saved.remove_view(saved.own_view(actor(), view_id))
    return done(url_for("shifts.board"), gettext("The view is removed."))
