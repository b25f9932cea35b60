"""The form in which a mapping is written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import DateField, SelectField, TextAreaField
from wtforms.validators import Optional

from talent.forms import Form, at_most, given
from talent.i18n import named
from talent.rules.mappings import LONGEST_MAPPING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from talent.offices.models import Office


class MappingForm(Form):
    """A version of a mapping: as text, or as a file that somebody sent."""

    office = SelectField(_l("Office, with all below it"), coerce=int)
    valid_from = DateField(_l("Holds from"), [given()])
    file = FileField(
        _l("A mapping file that you were sent"),
        description=_l("A file that ends in .toml. It is taken instead of the text below."),
        render_kw={"accept": ".toml,text/plain"},
    )
    text = TextAreaField(
        _l("Mapping"),
        [Optional(), at_most(LONGEST_MAPPING)],
        description=_l("One [[columns]] for each column of the file, in their order."),
        render_kw={"rows": 24, "spellcheck": "false", "class": "code"},
    )

    def __init__(self, *args: Any, offices: Sequence[Office], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.office.choices = [(office.id, named(office)) for office in offices]

    def written(self) -> str:
        """The text, of the file if there is one."""
        if not self.file.data:
            return str(self.text.data or "")
        content: bytes = self.file.data.read(LONGEST_MAPPING * 4)
        return content.decode("utf-8-sig", errors="replace")
