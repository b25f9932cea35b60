"""Forms for looking something up in the register, and for revoking."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _l
from htmx_flask import request
from wtforms import RadioField, TextAreaField
from wtforms.validators import InputRequired

from talent.certificates.models import CertificateKind, CertificateStatus, RevocationKind
from talent.certificates.register.service import Sought
from talent.forms import Form, at_most, composed, is_on_calendar, required
from talent.i18n import gettext, label, named

if TYPE_CHECKING:
    from collections.abc import Sequence

    from talent.offices.models import Office

_DIGITS = 12  # of a number that an account can have


class SoughtForm:
    """What is looked for, as it stands in the address: what nobody can mean is left out."""

    def __init__(self, seen: Sequence[Office], issuers: Sequence[tuple[int, str]]) -> None:
        given = request.args
        status = given.get("status", "")
        self.offices = seen
        self.issuers = issuers
        by = given.get("by", "")
        self.sought = Sought(
            q=composed(given.get("q", ""))[:100],
            office_id=given.get("office", type=int),
            below=given.get("below", "1") != "0",
            first=_day(given.get("first", "")),
            last=_day(given.get("last", "")),
            status=next((one for one in CertificateStatus if one.value == status), None),
            by=by if by == "self" or (by.isdecimal() and len(by) < _DIGITS) else "",
            batch_id=given.get("batch", type=int),
            kind=CertificateKind.of(given.get("kind")),
        )

    @property
    def kept(self) -> dict[str, Any]:
        """The same as an address says it."""
        one = self.sought
        said = {
            "q": one.q,
            "office": one.office_id,
            "below": None if one.below else 0,
            "first": one.first,
            "last": one.last,
            "status": one.status.value if one.status else None,
            "by": one.by,
            "batch": one.batch_id,
            "kind": one.kind.value if one.kind else None,
        }
        return {key: value for key, value in said.items() if value not in (None, "")}

    @property
    def told(self) -> list[str]:
        """The same in words, for paper."""
        one, said = self.sought, []
        if office := next((each for each in self.offices if each.id == one.office_id), None):
            said.append(named(office))
        if one.first or one.last:
            said.append(f"{one.first or ''} – {one.last or ''}")
        if one.kind:
            said.append(label(one.kind))
        if one.status:
            said.append(label(one.status))
        if one.by:
            names = {str(number): name for number, name in self.issuers}
            said.append(
                gettext("Volunteers themselves") if one.by == "self" else names.get(one.by, "")
            )
        return [*said, *([one.q] if one.q else [])]


def _day(typed: str) -> date | None:
    try:
        day = date.fromisoformat(typed)
    except ValueError:
        return None
    return day if is_on_calendar(day) else None


class RevocationForm(Form):
    """Why a certificate is revoked: a kind that everybody reads, and words for the office."""

    kind = RadioField(
        _l("Reason that everybody may read"),
        validators=[InputRequired(message=_l("Please choose one."))],
    )
    why = TextAreaField(
        _l("What happened"),
        validators=[required(), at_most(300)],
        description=_l("Offices see it. The page on which anybody verifies does not show it."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = [each for each in RevocationKind if each is not RevocationKind.ERASED]
        self.kind.choices = [(each.value, label(each)) for each in own]
