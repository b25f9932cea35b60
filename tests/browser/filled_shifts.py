"""What the pages of shifts have on them: shifts of every state, rosters, series, groups."""

from __future__ import annotations

import secrets
from datetime import time, timedelta

import make
import papers
import scene
from picked import first, last

from talent import clock, seal
from talent.access import SYSTEM
from talent.calendars import service as calendars
from talent.db import db, writing
from talent.people.models import FreeTime, Person, RegistrationState
from talent.rosters import service as rosters
from talent.rules.handovers import HandoverState
from talent.rules.reason import Because, packed
from talent.rules.rosters import greedy, unfilled
from talent.rules.series import Pattern, Rhythm, Wall
from talent.rules.signup import Refusal, SignupState
from talent.rules.substitutes import CallState
from talent.shifts.copying.service import Extent
from talent.shifts.groups.models import Group, GroupKind, GroupMember
from talent.shifts.importing import service as lists
from talent.shifts.models import (
    Attendance,
    AttendanceSource,
    AttendanceState,
    Position,
    Project,
    Requirement,
    Series,
    Shift,
)
from talent.shifts.needs.service import Wanted
from talent.shifts.passing.models import Handover
from talent.shifts.series import service as series
from talent.shifts.series.service import Outline
from talent.shifts.sheets import service as sheets
from talent.shifts.substitutes.models import Call, Search
from talent.shifts.templates import service as templates
from talent.shifts.ways.models import TravelTime
from talent.training.courses import service as courses
from talent.training.sessions import service as sessions


def way(office):
    ends = {"place_a": "社区食堂", "place_b": "活动室", "pair": "活动室|社区食堂"}
    return make.saved(TravelTime(office_id=office.id, minutes=25, **ends)).id


def bulk(place, now):
    """A series, a template of it, and the act on record, which can be undone."""
    outline = Outline(
        Pattern(scene.today() + timedelta(days=20), Rhythm.WEEKLY, 1, frozenset({0, 3}), count=4),
        Wall(time(9), time(12)),
        "社区食堂",
        None,
        {place.project.positions[0].id: Wanted(3)},
    )
    with writing():
        agreed = series.propose(place.project, outline, now=now)
        series.start(place.project, outline, agreed, actor=place.coordinator.actor, now=now)
        week = scene.today() + timedelta(days=27)
        template = templates.save(place.project, "一周", Extent.WEEK, week, actor=SYSTEM, now=now)
    shift = first(Shift, series_id=last(Series).id)
    return {
        "series_id": shift.series_id,
        "template_id": template.id,
        "shifts.revise shift_id": shift.id,
    }


def moved(place, person):
    """A shift that was moved after the person had signed up."""
    shift = scene.shift(place.project, scene.at(9, 10))
    one = make.signup(shift, person)
    with writing():
        db.session.get(Shift, shift.id).version = 2
    return {"shifts.answer token": seal.sign("shifts.answer", [one.id, 2])}


def shifts(place, person):
    """One that runs, one to come, a full one with a turn on the list, a cancelled one, a draft."""
    now = clock.now()
    running = scene.shift(place.project, now - timedelta(hours=1))
    others = [make.person(name, at=place.office) for name in ("吕布", "欧阳娜娜", "古丽·买买提")]
    places = [make.signup(running, each) for each in (person, *others)]
    given = {"title": "清洁", "start": now, "end": now + timedelta(hours=1)}
    with writing():
        places[3].override_reason, places[3].overridden = "只有她认识路", "OVERLAP"
        places[3].overridden_reasons = [packed(Because(Refusal.OVERLAP, given))]
    full = scene.shift(place.project, scene.at(3, 10), places=1)
    make.signup(full, others[0])
    make.signup(full, person, state=SignupState.WAITING)
    scene.shift(place.project, scene.at(4, 10), note="请带好帽子")
    scene.shift(place.project, scene.at(5, 10), state="draft")
    scene.shift(place.project, scene.at(6, 10), state="cancelled", cancel_reason="下雨")
    over = scene.shift(place.project, now - timedelta(hours=5))
    for at, one in ((running, places[1]), (over, make.signup(over, person))):
        make.saved(
            Attendance(
                signup_id=one.id, state=AttendanceState.PRESENT, in_at=at.starts_at,
                in_source=AttendanceSource.QR, changed_at=now,
            )
        )  # fmt: skip
    return running


def asked(place, person, running):
    """A sign-out that was forgotten, one that was said to be another, a sheet, skills, times."""
    now = clock.now()
    over = scene.shift(place.project, now - timedelta(hours=30))
    left = over.ends_at - timedelta(minutes=20)
    asked = make.signup(over, person)
    for one, more in (
        (asked, {}),
        (make.signup(over, make.person("孙小乐", at=place.office)), {"said_out_at": left}),
    ):
        make.saved(
            Attendance(
                signup_id=one.id, state=AttendanceState.REVIEW, in_at=over.starts_at,
                in_source=AttendanceSource.QR, changed_at=now, proposed_out_at=left, asked_at=now,
                **more,
            )
        )  # fmt: skip
    skill = make.skill("手语", name_en="Sign language")
    make.skill("速记", open=False)
    make.saved(Requirement(project_id=place.project.id, skill_id=skill.id))
    make.saved(FreeTime(person_id=person.id, weekday=5, starts=time(9), ends=time(12)))
    with writing():
        sheets.attach(running, "签到表.png", papers.PNG, actor=place.administrator.actor, now=now)
        kept = db.session.get(Project, place.project.id)
        kept.latitude, kept.longitude, kept.radius_m = 31.2304, 121.4737, 150
    return {
        "skill_id": skill.id,
        "need_id": running.needs[0].id,
        "shifts.say_out signup_id": asked.id,
    }


def proposal(place, volunteer):
    """A roster that fills some of the coming places and says why not the others; addresses."""
    now = clock.now()
    with writing():
        calendars.renew(person_id=volunteer.person_id, language="zh", now=now)
        calendars.renew(office_id=place.office.id, language="zh", now=now)
        asked = rosters.ask(
            place.office, first_day=scene.today(), last_day=scene.today() + timedelta(days=20),
            seconds=5, actor=SYSTEM, now=now,
        )  # fmt: skip
    with writing():
        rosters.claim(now)
    seats, people = rosters.facts(asked.id, now)
    found = greedy(seats, people, now)[:3]
    with writing():
        left = unfilled(found, seats, people, now)
        rosters.finish(asked.id, found, left, optimised=False, now=now)
        return asked.id


def lines(place, person, running):
    """An open offer, a turn as reserve, somebody passed over, and what a course would open."""
    now = clock.now()
    for day, state in ((7, SignupState.OFFERED), (8, SignupState.RESERVE)):
        more = {"answer_by": now + timedelta(hours=5)} if state is SignupState.OFFERED else {}
        kept = scene.shift(place.project, scene.at(day, 10), places=1)
        with writing():
            kept.needs[0].reserve = 1
        make.signup(kept, person, state=state, **more)
    passed = packed(Because(Refusal.CREDENTIAL_MISSING, {"name": "救护员证", "key": 1}))
    for name, state in (("赵云", SignupState.RESERVE), ("貂蝉", SignupState.WAITING)):
        with writing():
            running.needs[0].reserve = 1
        one = make.person(name, at=place.office)
        make.signup(running, one, state=state, passed_over=[passed])
    with writing():
        course = courses.add(
            place.office,
            courses.Syllabus(name_zh="陪护基础", content="陪护", minutes=90, valid_months=None),
            actor=SYSTEM, now=now,
        )  # fmt: skip
        start = scene.at(2, 14)
        held = sessions.Plan(
            starts_at=start, ends_at=start + timedelta(hours=2), place="二楼教室", places=20
        )
        sessions.plan(course, place.office, held, actor=SYSTEM, now=now)
    post = Position(name="陪护员", requirements=[Requirement(course_id=course.id)])
    asking = make.project(place.office, name="陪护", positions=[post])
    scene.shift(asking, scene.at(9, 10))


def handed_on(place, person):
    """A place offered to the volunteer, one that waits for the office, a search that goes on."""
    now = clock.now()
    mine, theirs, short = (scene.shift(place.project, scene.at(day, 15)) for day in (10, 11, 12))
    giver, other = (make.person(name, at=place.office) for name in ("周瑜", "小乔"))
    given = [make.signup(theirs, one) for one in (giver, other)]
    own = make.signup(mine, person)
    make.signup(short, giver, state=SignupState.CANCELLED, late=True, note="孩子发烧", ended_at=now)
    made = {"declined": [], "made_at": now}
    offered = Handover(signup_id=given[0].id, receiver_id=person.id, note="拜托了", **made)
    accepted = Handover(
        signup_id=given[1].id, receiver_id=giver.id, state=HandoverState.ACCEPTED, **made
    )
    search = Search(
        shift_id=short.id, need_id=short.needs[0].id, goal=5, why="孩子发烧", started_at=now,
        calls=[
            Call(
                person_id=other.id, place=1, state=CallState.DECLINED, asked_at=now, answer_by=now
            ),
            Call(person_id=person.id, place=2, asked_at=now, answer_by=now + timedelta(hours=2)),
        ],
    )  # fmt: skip
    make.saved(offered, accepted, search)
    return {
        "handover_id": offered.id,
        "shifts.refuse_handover handover_id": accepted.id,
        "call_id": search.calls[1].id,
        "shifts.hand_on shift_id": own.shift_id,
        "shifts.stay_away shift_id": own.shift_id,
        "shifts.substitutes shift_id": short.id,
    }


def together(place, volunteer):
    """A group and a link, a shift for both, and a child who can be signed up."""
    ahead = scene.shift(place.project, scene.at(7, 10), invite_token=secrets.token_urlsafe(16))
    friends = [make.person(name, at=place.office) for name in ("司马相如", "上官婉儿")]
    own = [volunteer.person, *friends]
    by_contact, by_office = [
        make.saved(
            Group(
                office_id=place.office.id, name="桂花巷小组", kind=GroupKind.OTHER,
                contact_id=contact, made_at=clock.now(),
                members=[
                    GroupMember(
                        person_id=each.id, added_at=clock.now(),
                        agreed_at=None if each is friends[-1] else clock.now(),
                    )
                    for each in members
                ],
            )
        )
        for contact, members in ((volunteer.person_id, own), (None, friends))
    ]  # fmt: skip
    child = db.session.query(Person).filter_by(guardian_id=volunteer.person_id).one()
    newcomer = make.person("孙小新", at=place.office, state=RegistrationState.APPLIED)
    make.signup(
        ahead, newcomer, state=SignupState.OFFERED, invited=True, newcomer=True,
        answer_by=ahead.starts_at,
    )  # fmt: skip
    with writing():
        ahead.needs[0].taken += 1
        rows = f"姓名,志愿者编号\n司马相如,{friends[0].volunteer_no}\n无名,V9999999\n"
        file = lists.keep(
            "list.csv", rows.encode(), actor=place.administrator.actor, now=clock.now()
        )
        known = {"shifts.list_rows file_id": file.id}
    return known | {
        "shifts.group group_id": by_contact.id,
        "shifts.join_group token": by_office.code,
        "shifts.invited token": ahead.invite_token,
        "shifts.joining token": ahead.invite_token,
        **{f"shifts.{door} shift_id": ahead.id
           for door in ("party", "invitation", "list_upload", "list_rows")},
        "hours.child person_id": child.id,
        "certificates.issue_child person_id": child.id,
    }  # fmt: skip
