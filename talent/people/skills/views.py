"""The doors of the vocabulary of skills."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import render_template, url_for
from flask_babel import gettext as _
from htmx_flask import request

from talent import clock
from talent.access import Permission, Scope, allow
from talent.db import one
from talent.errors import Refused
from talent.i18n import named
from talent.offices import calendar
from talent.people import service as people
from talent.people.models import Skill
from talent.people.skills import service
from talent.people.skills.forms import EditSkillForm, SkillForm
from talent.rules import trees
from talent.rules.trees import Unplaced
from talent.web import actor, done, form_page

if TYPE_CHECKING:
    from enum import StrEnum

    from talent.web import Answer

FIELD_OF: dict[StrEnum, str] = {
    service.Unlisted.KNOWN: "name_zh",
    service.Unlisted.ABOVE: "parent",
    **dict.fromkeys(Unplaced, "parent"),
}


@allow(Permission.SEE_OFFICES, Scope.HOUSE)
def skills() -> Answer:
    """The skills that positions ask for, closed ones too."""
    above = people.skill_parents()
    return render_template(
        "people/skills.html",
        skills=[(row, len(trees.line(row.id, above))) for row in people.skills(all_=True)],
        most=trees.SKILL_LEVELS,
        may_edit=calendar.may_edit(actor()),
    )


def _above(skill: Skill | None) -> list[tuple[int, str]]:
    names = people.skill_names(named)
    return [(row.id, names[row.id]) for row in service.places_for(skill)]


@allow(Permission.EDIT_RULES, Scope.HOUSE)
def new_skill() -> Answer:
    """One more skill."""
    calendar.must_edit(actor())
    form = SkillForm(above=_above(None), parent=request.args.get("under", 0, type=int))
    if form.validate_on_submit():
        try:
            service.add(**form.asked, actor=actor(), now=clock.now())
        except Refused as refusal:
            form.refuse(refusal, FIELD_OF)
        else:
            return done(url_for("people.skills"), _("The skill is added."))
    return form_page("people/skill.html", form=form, skill=None)


@allow(Permission.EDIT_RULES, Scope.HOUSE)
def skill(skill_id: int) -> Answer:
    """Another name, or no longer offered."""
    calendar.must_edit(actor())
    found = one(Skill, skill_id)
    form = EditSkillForm(obj=found, above=_above(found), parent=found.parent_id or 0)
    if form.validate_on_submit():
        try:
            service.change(
                found, **form.asked, is_open=form.open.data, actor=actor(), now=clock.now()
            )
        except Refused as refusal:
            form.refuse(refusal, FIELD_OF)
        else:
            return done(url_for("people.skills"), _("Saved."))
    return form_page("people/skill.html", form=form, skill=found)
