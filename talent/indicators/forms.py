"""What the forms of indicators share: numbers as clerks type them, and their units."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from wtforms import DecimalField
from wtforms.widgets import TextInput

from talent.i18n import gettext, language
from talent.sheets.cells import narrow

DECIMALS = 4  # that a column keeps
_BEYOND = Decimal(10) ** 14  # what a column of eighteen digits cannot hold


class NumberField(DecimalField):
    """A number with decimals; full-width digits and commas between thousands are taken too."""

    widget = TextInput()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("places", None)
        kwargs.setdefault("render_kw", {"inputmode": "decimal", "autocomplete": "off"})
        super().__init__(*args, **kwargs)

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else f"{self.data.normalize():f}"

    def process_formdata(self, valuelist: list[str]) -> None:
        typed = narrow(valuelist[0]).replace(",", "").strip() if valuelist else ""
        self.data = None
        if not typed:
            return
        try:
            read = Decimal(typed)
        except InvalidOperation:
            raise ValueError(gettext("Give a number.")) from None
        if not read.is_finite() or abs(read) >= _BEYOND:
            raise ValueError(gettext("Give a number."))
        if read != read.quantize(Decimal(1).scaleb(-DECIMALS)):
            raise ValueError(gettext("Give at most %(number)s decimals.", number=DECIMALS))
        self.data = read


def unit_of(thing: Any) -> str:
    """The unit of a quantity, an indicator or a kind of work, in the reader's language."""
    return str(thing.unit_zh if language() == "zh" else thing.unit_en or "")
