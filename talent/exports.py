"""Files of people: whoever takes one out says why, and that is kept (PIPL Art. 51)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _l
from wtforms import StringField

from talent import audit, clock
from talent.audit import Act
from talent.forms import Form, at_most, required
from talent.web import actor, form_page

if TYPE_CHECKING:
    from collections.abc import Callable

    from talent.web import Answer


class ReasonForm(Form):
    """Why a file is taken out."""

    reason = StringField(_l("Reason"), validators=[required(), at_most(300)])


def with_reason(
    subject: Any, title: str, made: Callable[[], Answer], *, back: str, office_id: int | None = None
) -> Answer:
    """Ask why; then leave a trace and give the file."""
    form = ReasonForm()
    if not form.validate_on_submit():
        return form_page("ui/export.html", form=form, title=title, back=back)
    audit.record(
        Act.PEOPLE_EXPORTED, subject, actor=actor(), now=clock.now(), office_id=office_id,
        reason=form.reason.data,
    )  # fmt: skip
    return made()
