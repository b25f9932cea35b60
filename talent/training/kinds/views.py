"""The pages of kinds of credentials."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import render_template, url_for

from talent import clock
from talent.access import Permission, Scope, allow
from talent.errors import Refused
from talent.i18n import gettext, label, named
from talent.rules.sources import Sure
from talent.training.courses import service as courses
from talent.training.kinds import service
from talent.training.kinds.forms import FIELD_OF, KindForm, parts
from talent.training.kinds.service import Described
from talent.web import actor, done, form_page

if TYPE_CHECKING:
    from talent.training.models import CredentialKind
    from talent.web import Answer

HOUR = 60  # minutes


@allow(Permission.SEE_TRAINING, Scope.HOUSE)
def index() -> Answer:
    """Every kind: what is asked, where it is written, how sure that is."""
    return render_template(
        "training/kinds.html",
        kinds=service.listed(),
        may_edit=actor().may(Permission.EDIT_OFFICES),
    )


@allow(Permission.EDIT_OFFICES, Scope.HOUSE)
def new() -> Answer:
    """A kind of one's own."""
    return _form(None)


@allow(Permission.EDIT_OFFICES, Scope.HOUSE)
def edit(kind_id: int) -> Answer:
    """Change a kind."""
    return _form(service.one(kind_id))


def _form(kind: CredentialKind | None) -> Answer:
    form = KindForm(data=_shown(kind))
    form.sure.choices = [(sure.value, label(sure)) for sure in Sure]
    known = {c.id: c for c in [*courses.usable(actor(), Permission.EDIT_OFFICES)]}
    known |= {course.id: course for course in kind.courses} if kind else {}
    form.courses.choices = [(id_, named(course)) for id_, course in known.items()]
    if form.validate_on_submit():
        chosen = [known[id_] for id_ in form.courses.data]
        try:
            if kind:
                service.change(kind, _stated(form), chosen, actor=actor(), now=clock.now())
            else:
                service.add(_stated(form), chosen, actor=actor(), now=clock.now())
        except Refused as refusal:
            form.refuse(refusal, FIELD_OF)
        else:
            return done(url_for("training.kinds"), gettext("Saved."))
    return form_page("training/kind_form.html", form=form, kind=kind)


def _shown(kind: CredentialKind | None) -> dict[str, object]:
    if kind is None:
        return {"lapses": True, "open": True, "sure": Sure.OWN}
    minutes = kind.learning_minutes
    return {name: getattr(kind, name) for name in Described.__slots__} | {
        "learning_hours": minutes // HOUR if minutes else None,
        "classes": ", ".join(kind.classes),
        "remind_days": ", ".join(map(str, kind.remind_days)),
        "courses": [course.id for course in kind.courses],
    }


def _stated(form: KindForm) -> Described:
    given = {name: form[name].data for name in Described.__slots__ if name in form}
    hours = form.learning_hours.data
    return Described(
        **{
            **given,
            "sure": Sure(form.sure.data),
            "learning_minutes": hours * HOUR if hours else None,
            "classes": parts(form.classes.data),
            "remind_days": sorted(map(int, parts(form.remind_days.data)), reverse=True),
        }
    )
