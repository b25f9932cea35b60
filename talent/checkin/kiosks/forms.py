"""The forms of kiosks: a name for a new one, the code on the tablet."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import StringField

from talent.forms import Form, at_most, required


class KioskForm(Form):
    """A new kiosk."""

    name = StringField(
        _l("Name of the kiosk"),
        validators=[required(), at_most(60)],
        description=_l("Where the tablet stands, for example: entrance of the canteen."),
    )


class PairingForm(Form):
    """What the coordinator reads out."""

    code = StringField(
        _l("Pairing code"),
        validators=[required(), at_most(40)],
        description=_l("The coordinator finds it on the page of the kiosk."),
        render_kw={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"},
    )
