"""What somebody says who cannot come."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import StringField

from talent.forms import Form, at_most, required


class StayAwayForm(Form):
    """Why; the office reads these words."""

    reason = StringField(
        _l("Why can you not come?"),
        validators=[required(), at_most(300)],
        description=_l("A few words are enough. The office reads them, nobody else."),
    )
