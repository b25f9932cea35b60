"""Forms of teams: what is stated of one, and of a member."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateField, SelectField, StringField, TelField, TextAreaField
from wtforms.validators import Optional

from talent.forms import Form, at_most, blank_is_none, required
from talent.i18n import gettext, label, named
from talent.rules.credit_code import Uncoded
from talent.rules.teams import TeamKind, TeamStanding, Unteamed
from talent.rules.trees import Unplaced
from talent.teams.service import Particulars, Unkept

if TYPE_CHECKING:
    from collections.abc import Sequence
    from enum import StrEnum

    from talent.offices.models import Office
    from talent.teams.models import Team

FIELDS: dict[StrEnum, str] = {
    **dict.fromkeys(Uncoded, "credit_code"),
    **dict.fromkeys(Unplaced, "parent"),
    Unkept.CODE_TAKEN: "credit_code",
    Unkept.PARENT: "parent",
    Unteamed.CODE_NEEDED: "credit_code",
    Unteamed.DAY_NEEDED: "standing_since",
    Unteamed.TOO_EARLY: "ended_on",
}


class TeamForm(Form):
    """A team or social organisation."""

    office = SelectField(_l("Office at which it is at home"), coerce=int)
    kind = SelectField(_l("Kind"))
    name_zh = StringField(_l("Chinese name"), [required(), at_most(100)])
    name_en = StringField(_l("English name"), [Optional(), at_most(150)], filters=[blank_is_none])
    purpose = TextAreaField(
        _l("What it does"),
        [Optional(), at_most(1000)],
        filters=[blank_is_none],
        render_kw={"rows": 3},
    )
    parent = SelectField(_l("Stands below"), coerce=int, default=0)
    standing = SelectField(_l("Registered or on record"))
    standing_since = DateField(_l("Since"), [Optional()])
    standing_no = StringField(
        _l("Number of the register or record"), [Optional(), at_most(60)], filters=[blank_is_none]
    )
    credit_code = StringField(
        _l("Unified social credit code"), [Optional(), at_most(40)], filters=[blank_is_none]
    )
    contact_name = StringField(_l("Contact"), [Optional(), at_most(50)], filters=[blank_is_none])
    contact_phone = TelField(
        _l("Phone of the contact"), [Optional(), at_most(30)], filters=[blank_is_none]
    )
    founded_on = DateField(_l("Founded on"), [Optional()])
    takes_members = BooleanField(_l("Volunteers may ask to become members"), default=True)

    def __init__(
        self, *args: Any, offices: Sequence[Office], above: Sequence[Team], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.homes = {office.id: office for office in offices}
        self.office.choices = [(office.id, named(office)) for office in offices]
        self.kind.choices = [(each.value, label(each)) for each in TeamKind]
        self.standing.choices = [(each.value, label(each)) for each in TeamStanding]
        none = (0, gettext("Nothing: it stands on top"))
        self.parent.choices = [none, *((team.id, named(team)) for team in above)]

    @property
    def stated(self) -> Particulars:
        """The fields, as the service takes them."""
        return Particulars(
            office=self.homes[self.office.data],
            kind=TeamKind(self.kind.data),
            name_zh=self.name_zh.data,
            name_en=self.name_en.data,
            purpose=self.purpose.data,
            parent_id=self.parent.data or None,
            credit_code=self.credit_code.data,
            standing=TeamStanding(self.standing.data),
            standing_since=self.standing_since.data,
            standing_no=self.standing_no.data,
            contact_name=self.contact_name.data,
            contact_phone=self.contact_phone.data,
            founded_on=self.founded_on.data,
            ended_on=self.ended_on.data if "ended_on" in self else None,
            takes_members=self.takes_members.data,
        )


class EditTeamForm(TeamForm):
    """One that exists: also the day on which it ended."""

    ended_on = DateField(
        _l("Ended on"), [Optional()], description=_l("Every membership ends with that day.")
    )

    @classmethod
    def of(cls, team: Team, **more: Any) -> EditTeamForm:
        """What is on record."""
        same = (
            "name_zh", "name_en", "purpose", "standing_since", "standing_no", "credit_code",
            "contact_name", "contact_phone", "founded_on", "takes_members", "ended_on",
        )  # fmt: skip
        return cls(
            office=team.office_id,
            parent=team.parent_id or 0,
            kind=team.kind.value,
            standing=team.standing.value,
            **{name: getattr(team, name) for name in same},
            **more,
        )
