"""What the pages of people and teams have on them: a rich profile, a queue, agreements, a team."""

from __future__ import annotations

from datetime import time, timedelta
from io import BytesIO

import make
import scene
from PIL import Image

from talent import clock
from talent.access import SYSTEM
from talent.db import db, writing
from talent.offices.models import Office, OfficeRule, Setting
from talent.people.agreements import service as agreements
from talent.people.applications import service as applications
from talent.people.models import Person, RegistrationState
from talent.people.permits import service as permits
from talent.people.photographs import service as photographs
from talent.people.profile import service as profile
from talent.privacy import ending, requests
from talent.rules.applications import InterviewState, InterviewWay
from talent.rules.guardianship import Permit
from talent.rules.languages import Fluency, Tongue
from talent.rules.privacy import Wish
from talent.rules.teams import TeamKind, TeamRole, TeamStanding
from talent.teams import service as teams
from talent.teams.members import service as members

DAY = timedelta(days=1)


def fill(place, volunteer):
    """Everything, and what its addresses need."""
    now = clock.now()
    for setting in (Setting.EMERGENCY_CONTACT, Setting.PHOTOGRAPHS):
        make.saved(
            OfficeRule(
                office_id=place.office.id, name=setting.value, value="on",
                valid_from=scene.today(), set_at=now,
            )
        )  # fmt: skip
    above = make.skill("急救", name_en="First aid")
    make.skill("儿童急救", name_en="With children", parent_id=above.id)
    with writing():
        person = db.session.get(Person, volunteer.person_id)
        _profile(person, place.office, volunteer.actor, now)
        agreement = agreements.publish(
            place.office, text_zh=agreements.PROPOSED_ZH, text_en=agreements.PROPOSED_EN,
            actor=place.manager.actor, now=now,
        )  # fmt: skip
        agreements.sign(agreement, person, actor=volunteer.actor, now=now)
        known = {"agreement_id": agreement.id}
    return (
        known
        | _queue(place, now)
        | _team(place, volunteer, now)
        | _child(place.office, volunteer, now)
    )


def _child(office, volunteer, now):
    """A child whose guardian named what it may do."""
    child = db.session.query(Person).filter_by(guardian_id=volunteer.person_id).one()
    named = [
        Permit(None, scene.today(), weekdays=frozenset({5, 6}), starts=time(8), ends=time(18)),
        Permit(permits.kinds()[0].id, scene.today(), scene.today() + 90 * DAY),
    ]
    gone = make.person("离开的人", at=office, state=RegistrationState.LEFT)
    with writing():
        gone = db.session.get(Person, gone.id)
        permits.give(child, named, by="王秀兰", actor=volunteer.actor, today=scene.today(), now=now)
        asked = requests.ask(
            child,
            Wish.CORRECT,
            "出生日期写错了",
            actor=volunteer.actor,
            today=scene.today(),
            now=now,
        )
        gone.restricted_at = now
        ending.anonymise(gone, scene.today() - 3660 * DAY, now=now)
    doors = ("show", "permit", "of_person", "on_paper")
    known = {f"guardians.{door} person_id": child.id for door in doors}
    return known | {"privacy.answer request_id": asked.id}


def _profile(person, office, actor, now):
    picture = BytesIO()
    Image.effect_noise((200, 200), 60).save(picture, "PNG")
    photographs.keep(person, picture.getvalue(), actor=actor, now=now)
    told = profile.Profile(
        spoken=[(Tongue.CANTONESE, Fluency.NATIVE), (Tongue.CHINESE_SIGN, Fluency.BASIC)],
        areas=[db.session.get(Office, office.id)],
        emergency=profile.Contact("李红", "+8613900139000", "女儿"),
    )
    profile.change(person, told, actor=actor, now=now)


def _queue(place, now):
    applicant = make.person("周小满", at=place.office, state=RegistrationState.APPLIED)
    with writing():
        row = db.session.get(Person, applicant.id).registrations[0]
        applications.take(row, actor=place.coordinator.actor, now=now)
        asked = {"lasts": timedelta(minutes=30), "way": InterviewWay.IN_PERSON, "where": "二楼"}
        early, late = (
            applications.invite(
                row, starts_at=now + days * DAY, **asked, actor=place.coordinator.actor, now=now
            )
            for days in (1, 2)
        )
        off = InterviewState.CALLED_OFF
        applications.note(early, off, result="停电", actor=place.coordinator.actor, now=now)
        return {"registration_id": row.id, "interview_id": late.id}


def _team(place, volunteer, now):
    first, second, asking = (
        make.person(name, at=place.office, phone="+8613800138000").id
        for name in ("队员甲", "队员乙", "想加入的人")
    )
    with writing():
        home = db.session.get(Office, place.office.id)
        stated = teams.Particulars(
            office=home, kind=TeamKind.MUTUAL_AID, name_zh="梨园邻里互助会",
            name_en="Neighbours help neighbours", purpose="邻里之间互相照应。",
            standing=TeamStanding.ON_RECORD, standing_since=scene.today() - 400 * DAY,
            standing_no="备字12号", contact_name="李红", founded_on=scene.today() - 500 * DAY,
        )  # fmt: skip
        top = teams.add(stated, actor=SYSTEM, now=now, today=scene.today())
        below = teams.Particulars(
            office=home, kind=TeamKind.VOLUNTEERS, name_zh="送餐小组", parent_id=top.id
        )
        teams.add(below, actor=SYSTEM, now=now, today=scene.today())
        given = {"since": scene.today() - 300 * DAY, "actor": SYSTEM, "now": now}
        for id_, role in ((volunteer.person_id, TeamRole.LEADER), (first, TeamRole.MEMBER),
                          (second, TeamRole.DEPUTY)):  # fmt: skip
            row = members.add(top, db.session.get(Person, id_), role=role, **given)
        members.ask(top, db.session.get(Person, asking), actor=SYSTEM, now=now)
        return {"team_id": top.id, "member_id": row.id}
