"""The doors of the vocabulary of skills."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import render_template, url_for
from flask_babel import gettext as _

from talent import clock
from talent.access import Permission, allow
from talent.db import one
from talent.errors import Refused
from talent.offices import calendar
from talent.people import service as people
from talent.people.models import Skill
from talent.people.skills import service
from talent.people.skills.forms import EditSkillForm, SkillForm
from talent.web import actor, done, form_page

if TYPE_CHECKING:
    from talent.web import Answer

FIELD_OF = {service.Unlisted.KNOWN: "name_zh"}


@allow(Permission.SEE_OFFICES)
def skills() -> Answer:
    """The skills that positions ask for, closed ones too."""
    return render_template(
        "people/skills.html",
        skills=people.skills(all_=True),
        may_edit=calendar.may_edit(actor()),
    )


@allow(Permission.EDIT_RULES)
def new_skill() -> Answer:
    """One more skill."""
    calendar.must_edit(actor())
    form = SkillForm()
    if form.validate_on_submit():
        names = {"name_zh": form.name_zh.data, "name_en": form.name_en.data}
        try:
            service.add(**names, actor=actor(), now=clock.now())
        except Refused as refusal:
            form.refuse(refusal, FIELD_OF)
        else:
            return done(url_for("people.skills"), _("The skill is added."))
    return form_page("people/skill.html", form=form, skill=None)


@allow(Permission.EDIT_RULES)
def skill(skill_id: int) -> Answer:
    """Another name, or no longer offered."""
    calendar.must_edit(actor())
    found = one(Skill, skill_id)
    form = EditSkillForm(obj=found)
    if form.validate_on_submit():
        names = {"name_zh": form.name_zh.data, "name_en": form.name_en.data}
        try:
            service.change(found, **names, is_open=form.open.data, actor=actor(), now=clock.now())
        except Refused as refusal:
            form.refuse(refusal, FIELD_OF)
        else:
            return done(url_for("people.skills"), _("Saved."))
    return form_page("people/skill.html", form=form, skill=found)
