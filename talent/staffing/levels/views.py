"""What the pages of levels share: where one may be set, and the page of its end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from talent import clock
from talent.access import Permission
from talent.errors import Refused
from talent.i18n import DEFAULT_ZONE
from talent.offices import service as offices
from talent.staffing.levels.forms import EVERYBODY, FIELDS, EndForm
from talent.staffing.levels.service import sets_for_all
from talent.web import actor, done, form_page

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from talent.offices.models import Office
    from talent.staffing.levels.forms import OwnedForm
    from talent.staffing.models import Level
    from talent.web import Answer


def offered() -> dict[str, Any]:
    """Where the actor may set something, as an `OwnedForm` takes it."""
    return {
        "offices": offices.offices_of(actor(), Permission.EDIT_STAFFING),
        "everybody": sets_for_all(actor()),
    }


def office_of(form: OwnedForm) -> Office | None:
    """The office for which it is to hold; None is everybody."""
    if form.office.data == EVERYBODY:  # only offered to, and only taken from, who speaks for all
        return None
    return offices.visible_office(actor(), Permission.EDIT_STAFFING, form.office.data)


def end_page(
    row: Level, end: Callable[[date], None], *, template: str, back: str, said: str, **shown: Any
) -> Answer:
    """The page on which a level ends, and its answer."""
    form = EndForm(last_day=row.last_day or clock.today(DEFAULT_ZONE))
    if form.validate_on_submit():
        try:
            end(form.last_day.data)
        except Refused as refusal:
            form.refuse(refusal, FIELDS)
        else:
            return done(back, said)
    return form_page(template, form=form, back=back, **shown)
