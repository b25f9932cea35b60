"""People and teams in the demonstration: languages, a picture, agreements, a queue, teams."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw
from sqlalchemy import select

from talent.access import SYSTEM
from talent.accounts.models import Account
from talent.db import db
from talent.offices.models import Setting
from talent.offices.settings import set_rule
from talent.people.agreements import service as agreements
from talent.people.applications import service as applications
from talent.people.consents import service as consenting
from talent.people.models import Registration, RegistrationState, Skill
from talent.people.photographs import service as photographs
from talent.people.profile import service as profile
from talent.people.skills import service as skills
from talent.rules.applications import InterviewWay
from talent.rules.consent import ConsentKind
from talent.rules.languages import Fluency, Tongue
from talent.rules.teams import TeamKind, TeamRole, TeamStanding
from talent.teams import service as teams
from talent.teams.members import service as members

if TYPE_CHECKING:
    from talent.access import Actor
    from talent.demo.stage import District
    from talent.people.models import Person
    from talent.teams.models import Team

BELOW = (("医疗手语", "Sign language in hospitals"), ("讲座手语", "Sign language at talks"))
SPOKEN = (
    [(Tongue.MANDARIN, Fluency.NATIVE), (Tongue.CANTONESE, Fluency.FLUENT)],
    [(Tongue.JIN, Fluency.NATIVE)],
    [(Tongue.MANDARIN, Fluency.FLUENT), (Tongue.ENGLISH, Fluency.EVERYDAY)],
    [(Tongue.CHINESE_SIGN, Fluency.BASIC)],
)
KINDS = (TeamKind.VOLUNTEERS, TeamKind.MUTUAL_AID, TeamKind.CULTURE)
NAMES = ("志愿服务队", "邻里互助会", "文艺队")


def play(district: District, clerk: str) -> None:
    """After the weeks were played: what is asked for from today on bars nobody of then."""
    for setting in (Setting.EMERGENCY_CONTACT, Setting.PHOTOGRAPHS):
        set_rule(
            district.root, setting, "on", valid_from=district.day, today=district.day,
            actor=SYSTEM, now=district.now,
        )  # fmt: skip
    _skills(district)
    for people in district.volunteers.values():
        for turn, person in enumerate(people[::3]):
            _profile(district, person, turn)
    _picture(district, district.volunteers[district.communities[0].id][0])
    _agreed(district)
    account = db.session.scalars(select(Account).where(Account.email == clerk)).one()
    _queue(district, account.actor)
    _teams(district)


def _skills(district: District) -> None:
    above = db.session.scalars(select(Skill).where(Skill.name_zh == "手语")).one()
    for zh, en in BELOW:
        skills.add(name_zh=zh, name_en=en, parent_id=above.id, actor=SYSTEM, now=district.begun)


def _profile(district: District, person: Person, turn: int) -> None:
    near = [office for office in profile.areas_to_choose(person) if office.parent_id]
    told = profile.Profile(
        spoken=SPOKEN[turn % len(SPOKEN)],
        areas=near[: 1 + turn % 3],
        emergency=profile.Contact("王家属", f"+86139{turn:08d}", "家人") if turn == 0 else None,
    )
    profile.change(person, told, actor=SYSTEM, now=district.now)


def _picture(district: District, person: Person) -> None:
    """A drawn face: nobody real stands in a demonstration."""
    drawn = Image.new("RGB", (240, 240), "#dfe9e4")
    pen = ImageDraw.Draw(drawn)
    pen.ellipse((75, 45, 165, 145), fill="#e8c39e")
    pen.pieslice((75, 35, 165, 125), 180, 360, fill="#3a2f2a")
    pen.ellipse((30, 150, 210, 330), fill="#2f6f62")
    written = BytesIO()
    drawn.save(written, "PNG")
    consenting.give(person, [ConsentKind.PHOTOGRAPH], actor=SYSTEM, now=district.now)
    photographs.keep(person, written.getvalue(), actor=SYSTEM, now=district.now)


def _agreed(district: District) -> None:
    """One wording for the district; the first community asks for it, and most have signed."""
    agreement = agreements.publish(
        district.root, text_zh=agreements.PROPOSED_ZH, text_en=agreements.PROPOSED_EN,
        actor=SYSTEM, now=district.begun,
    )  # fmt: skip
    first = district.communities[0]
    for person in district.volunteers[first.id][:-3]:
        agreements.sign(agreement, person, actor=SYSTEM, now=district.now, on_paper=True)
    set_rule(
        first, Setting.AGREEMENT, "on", valid_from=district.day, today=district.day,
        actor=SYSTEM, now=district.now,
    )  # fmt: skip


def _queue(district: District, clerk: Actor) -> None:
    first, second = district.communities[:2]
    waiting = _applied(first.id)
    for row in waiting[:1]:
        applications.take(row, actor=clerk, now=district.now)
        applications.invite(
            row, starts_at=district.now + timedelta(days=2), lasts=timedelta(minutes=30),
            way=InterviewWay.IN_PERSON, where="社区服务中心二楼", actor=clerk, now=district.now,
        )  # fmt: skip
    for row in _applied(second.id)[:1]:
        applications.refer(row, first, why="住在本社区附近", actor=SYSTEM, now=district.now)


def _applied(office_id: int) -> list[Registration]:
    query = select(Registration).where(
        Registration.office_id == office_id, Registration.state == RegistrationState.APPLIED
    )
    return list(db.session.scalars(query.order_by(Registration.id)))


def _teams(district: District) -> None:
    founded = district.day - timedelta(days=900)
    top = teams.add(
        teams.Particulars(
            district.root, TeamKind.VOLUNTEERS, "清河区志愿服务总队", "Qinghe volunteers",
            purpose="统筹全区志愿服务。", standing=TeamStanding.ON_RECORD, standing_since=founded,
            standing_no="清志备〔2024〕1号", founded_on=founded,
        ),
        actor=SYSTEM,
        now=district.now,
        today=district.day,
    )  # fmt: skip
    for turn, community in enumerate(district.communities):
        kind, name = KINDS[turn % len(KINDS)], NAMES[turn % len(NAMES)]
        known = TeamStanding.ON_RECORD if turn % 2 else TeamStanding.NONE
        stated = teams.Particulars(
            community, kind, f"{community.name_zh}{name}", purpose="就近服务邻里。",
            parent_id=top.id if kind is TeamKind.VOLUNTEERS else None,
            standing=known, standing_since=founded if turn % 2 else None, founded_on=founded,
        )  # fmt: skip
        team = teams.add(stated, actor=SYSTEM, now=district.now, today=district.day)
        _joined(district, team, community.id)


def _joined(district: District, team: Team, office_id: int) -> None:
    roles = (TeamRole.LEADER, TeamRole.DEPUTY, *[TeamRole.MEMBER] * 4)
    people = district.volunteers[office_id]
    for turn, (person, role) in enumerate(zip(people, roles, strict=False)):
        since = district.day - timedelta(days=300 + 40 * turn)
        members.add(team, person, role=role, since=since, actor=SYSTEM, now=district.now)
    members.ask(team, people[len(roles)], actor=SYSTEM, now=district.now)
