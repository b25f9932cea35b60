"""Forms of memberships: the office's, and the leader's proposal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _l
from wtforms import DateField, SelectField, StringField
from wtforms.validators import Optional

from talent.forms import Form, at_most, given, required
from talent.i18n import label
from talent.rules.teams import TeamRole, Unteamed
from talent.teams.members.service import Unproposed

if TYPE_CHECKING:
    from collections.abc import Sequence
    from enum import StrEnum

    from talent.people.models import Person

MEMBER_FIELDS: dict[StrEnum, str] = {
    Unteamed.TO_COME: "since",
    Unteamed.TOO_EARLY: "since",
    Unteamed.LEADER: "role",
    Unteamed.MEMBER_ALREADY: "person",
    Unteamed.WHY: "why",
    Unproposed.UNKNOWN: "number",
}
# What is said to a leader stands beside the number.
LEADER_FIELDS: dict[StrEnum, str] = {
    **MEMBER_FIELDS,
    Unteamed.MEMBER_ALREADY: "number",
    Unteamed.CLOSED: "number",
}


class MemberForm(Form):
    """Who becomes a member, as what, since when."""

    person = SelectField(_l("Person"), coerce=int)
    role = SelectField(_l("Role"))
    since = DateField(_l("Since"), [given()])

    def __init__(self, *args: Any, found: Sequence[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person.choices = [(one.id, f"{one.name} {one.volunteer_no}") for one in found]
        self.role.choices = [(each.value, label(each)) for each in TeamRole]


class EndForm(Form):
    """When a membership ends, and why."""

    until = DateField(_l("Last day"), [given()])
    why = StringField(_l("Reason"), [Optional(), at_most(300)])


class RoleForm(Form):
    """Another role, from today on."""

    role = SelectField(_l("Role"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.role.choices = [(each.value, label(each)) for each in TeamRole]


class ProposalForm(Form):
    """Whom a leader would like to have: the name and the number that the person gave him."""

    name = StringField(_l("Name"), [required(), at_most(50)])
    number = StringField(
        _l("Volunteer number"),
        [required(), at_most(32)],
        description=_l("Ask the person for it; it stands under My particulars."),
    )
