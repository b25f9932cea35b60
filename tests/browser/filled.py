"""A small scene in which every page has something on it, and the address of every page."""

from __future__ import annotations

import secrets
import uuid
from datetime import date, time, timedelta
from io import BytesIO

import filled_directory
import filled_forecast
import filled_indicators
import filled_merging
import filled_operation
import filled_people
import filled_training
import learned
import make
import papers
import scene
from PIL import Image, ImageDraw

from talent import clock
from talent.access import SYSTEM
from talent.accounts import resets
from talent.calendars import service as calendars
from talent.certificates.batches import service as certificate_batches
from talent.certificates.batches.models import BatchState
from talent.certificates.batches.service import Chosen, Sought
from talent.certificates.issuing import service as issuing
from talent.certificates.issuing.service import Circumstances, Wish
from talent.certificates.keys.models import OfficeKey
from talent.certificates.payload import service as payload
from talent.certificates.seals import service as seals
from talent.checkin.codes import service as codes
from talent.checkin.kiosks import service as kiosks
from talent.checkin.kiosks.models import Kiosk
from talent.checkin.queue import service as queue
from talent.checkin.queue.service import Batch, Bearer, Tap
from talent.db import db, writing
from talent.hours.amending import service as amending
from talent.hours.corrections import service as corrections
from talent.hours.models import RecordFlag, RecordState
from talent.intake import jobs as intake_jobs
from talent.intake import service as intakes
from talent.intake.models import IntakeKind, Way
from talent.lab import jobs as trying
from talent.lab import service as lab
from talent.lab.models import CountingDraft
from talent.messages import service as messages
from talent.messages.models import Message, MessageKind
from talent.national.answers import service as national_answers
from talent.national.batches import service as national_files
from talent.national.batches.service import Choice
from talent.national.mappings import service as national_mappings
from talent.offices.models import OfficeRule, Setting
from talent.people.claims import service as claims
from talent.people.models import FreeTime, Person, RegistrationState
from talent.people.registrations import service as registrations
from talent.ratings import rating as ratings
from talent.ratings.models import Rating, Side
from talent.recognition.awards import service as awards
from talent.recognition.evaluations import service as evaluations
from talent.recognition.models import StarApplication, StarGrant
from talent.recognition.schemes import service as schemes
from talent.reports.yearly import service as yearly
from talent.rosters import service as rosters
from talent.rules.consent import ConsentKind
from talent.rules.corrections import Request, Wrong
from talent.rules.doubts import DoubtKind, Seen
from talent.rules.handovers import HandoverState
from talent.rules.queue import SignAct
from talent.rules.reason import Because, packed
from talent.rules.rosters import greedy, unfilled
from talent.rules.series import Pattern, Rhythm, Wall
from talent.rules.signup import Refusal, SignupState
from talent.rules.social_workers import Grade
from talent.rules.span import Span
from talent.rules.staffing import CountMode, PopulationKind
from talent.rules.stars import Rank
from talent.rules.substitutes import CallState
from talent.shifts.board.models import SavedView
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
    Signup,
    TravelTime,
)
from talent.shifts.needs.service import Wanted
from talent.shifts.passing.models import Handover
from talent.shifts.series import service as series
from talent.shifts.series.service import Outline
from talent.shifts.sheets import service as sheets
from talent.shifts.signups import service as signups
from talent.shifts.substitutes.models import Call, Search
from talent.shifts.templates import service as templates
from talent.staffing.importing import service as staffing_files
from talent.staffing.models import Appointment, Population, Standard
from talent.timebank import crediting, donations, pool, requests
from talent.timebank import service as timebank
from talent.training import service as training
from talent.training.courses import service as courses
from talent.training.credentials import service as credentials
from talent.training.models import CredentialKind
from talent.training.records import service as records
from talent.training.seats import service as seats
from talent.training.sessions import service as sessions
from talent.training.social_work import service as social_work

_PNG = papers.PNG
ROLES = ("stranger", "newcomer", "volunteer", "coordinator", "manager", "administrator")
SHEETS = {
    "people": "姓名,性别,出生日期,证件类型,证件号码,联系电话,居住区域\n"
    "张大力,男,1990-03-14,居民身份证,110105199003140037,13800138000,春风社区\n"
    "李四,,,居民身份证,110105,不详,\n",
    "appointments": "社区,姓名,身份证号,职务,任职时间,离任时间,是否专职\n"
    "春风社区,张大力,110105199003140037,社区专职工作者,2024-01-01,,是\n"
    "无名社区,李四,110105,网格员,昨天,,是\n",
    "population": "街道,社区,户数,城镇常住人口,统计日期,数据来源\n"
    "梨园街道,春风社区,1900,5100,2026-06-30,统计年报\n梨园街道,无名社区,,三千,2026-06-30,\n",
}


def fill(address):
    """The people of the scene by role, and what an address needs, by its name."""
    place = scene.place()
    scene.staff(place.office)
    now = clock.now()
    volunteer = scene.volunteer(place.office)
    newcomer = scene.account(None, None, name="新来的人")
    shift = _shifts(place, volunteer.person)
    known = {
        "office_id": place.office.id,
        "person_id": volunteer.person_id,
        "account_id": volunteer.id,
        "code": "cancel_minutes",
        "category_id": place.project.category_id,
        "shift_id": shift.id,
        "view_id": make.saved(
            SavedView(
                account_id=place.administrator.id, name="本周", query="by=project", made_at=now
            )
        ).id,
        "shifts.scan token": shift.scan_token,
        "proposal_id": _proposal(place, volunteer),
        "project_id": place.project.id,
        "position_id": place.project.positions[0].id,
        "signup_id": _first(Signup, shift_id=shift.id).id,
        "appointment_id": _first(Appointment, office_id=place.office.id).id,
        "population_id": _first(Population, office_id=place.office.id).id,
        "standard_id": _standard(place.district),
        "way_id": _way(place.office),
    }
    known |= _asked(place, volunteer.person, shift)
    known |= _bulk(place, now) | _moved(place, volunteer.person)
    known |= _training(place, volunteer)
    _lines(place, volunteer.person, shift)
    known |= _handed_on(place, volunteer.person)
    known |= _hours(place, volunteer)
    known |= _banked(place, volunteer) | _rated(place, volunteer)
    known |= _honoured(place, volunteer)
    known |= _certificates(place, volunteer, address)
    known |= _files(place.administrator, place.office)
    known |= _entered(place, volunteer)
    known |= _together(place, volunteer)
    known |= _desk(place, volunteer, shift)
    known |= _tried(place)
    known |= filled_people.fill(place, volunteer)
    known |= filled_training.fill(place, volunteer)
    known |= filled_directory.fill(place)
    known |= filled_indicators.fill(place)
    known |= filled_forecast.fill(place)
    known |= filled_merging.fill(place)
    with writing():
        applicant = make.person("赵小雨", at=place.office, state=RegistrationState.APPLIED)
        claim = claims.ask(applicant.id, name="新来的人", actor=newcomer.actor, now=now)
        known |= {"claim_id": claim.id, "people.claim_letter code": claims.code_of(claim)}
        resets.invite(newcomer, path="/account/reset/", holds=timedelta(hours=1), now=now)
        messages.tell(MessageKind.CLAIM, once=f"x{applicant.id}", now=now, person=applicant)
    known |= filled_operation.fill(place)
    link = _last(Message, kind=MessageKind.PASSWORD_RESET)
    known["accounts.open_link token"] = link.secret
    known["messages.stop token"] = messages.stop_token(
        volunteer.person_id, MessageKind.SHIFT_REMINDER
    )
    who = {role: getattr(place, role) for role in ROLES[3:]}
    return who | {"stranger": None, "newcomer": newcomer, "volunteer": volunteer}, known


def _first(model, **given):
    return db.session.query(model).filter_by(**given).order_by(model.id).first()


def _last(model, **given):
    return db.session.query(model).filter_by(**given).order_by(model.id.desc()).first()


def _tried(place):
    """A draft of counting that was computed on the records of the last weeks."""
    now, day = clock.now(), timedelta(days=1)
    with writing():
        lab.draft(
            place.office, name="每天最多计一小时", note="试算", actor=SYSTEM, now=now,
            changed={Setting.COUNTED_MINUTES: 60, Setting.NIGHT_PERCENT: 150},
            valid_from=scene.today() + 14 * day, first_day=scene.today() - 60 * day,
            last_day=scene.today() - day,
        )  # fmt: skip
    trying.compute(now)
    return {"draft_id": _last(CountingDraft).id}


def _way(office):
    ends = {"place_a": "社区食堂", "place_b": "活动室", "pair": "活动室|社区食堂"}
    return make.saved(TravelTime(office_id=office.id, minutes=25, **ends)).id


def _standard(district):
    return make.saved(
        Standard(
            office_id=district.id, name_zh="每万城镇常住人口25人", target=25,
            population_kind=PopulationKind.URBAN_RESIDENT, count_mode=CountMode.HEADCOUNT,
            kinds=["full_time"], valid_from=date(2027, 1, 1), source="区发〔2026〕3号",
        )
    ).id  # fmt: skip


def _bulk(place, now):
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
    shift = _first(Shift, series_id=_last(Series).id)
    return {
        "series_id": shift.series_id,
        "template_id": template.id,
        "shifts.revise shift_id": shift.id,
    }


def _moved(place, person):
    """A shift that was moved after the person had signed up."""
    shift = scene.shift(place.project, scene.at(9, 10))
    one = make.signup(shift, person)
    with writing():
        db.session.get(Shift, shift.id).version = 2
    return {"shifts.answer token": signups.answer_token(one.id, 2)}


def _shifts(place, person):
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


def _asked(place, person, running):
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
        sheets.attach(running, "签到表.png", _PNG, actor=place.administrator.actor, now=now)
        kept = db.session.get(Project, place.project.id)
        kept.latitude, kept.longitude, kept.radius_m = 31.2304, 121.4737, 150
    return {
        "skill_id": skill.id,
        "need_id": running.needs[0].id,
        "shifts.say_out signup_id": asked.id,
    }


def _proposal(place, volunteer):
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


def _lines(place, person, running):
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


def _handed_on(place, person):
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


def _training(place, volunteer):
    now, today = clock.now(), scene.today()
    person = volunteer.person
    with writing():
        training.seed_kinds()
        kind = db.session.query(CredentialKind).filter_by(code="first_aid").one()
        expert = _first(CredentialKind, grade=Grade.ASSISTANT)
        course = courses.add(
            place.office,
            courses.Syllabus(name_zh="心肺复苏", content="胸外按压", minutes=150, valid_months=24),
            actor=SYSTEM, now=now,
        )  # fmt: skip
        ahead, begun = [
            sessions.plan(
                course, place.office,
                sessions.Plan(
                    starts_at=start, ends_at=start + timedelta(hours=2), place="二楼教室", places=20
                ),
                actor=SYSTEM, now=now - timedelta(days=2),
            )
            for start in (scene.at(5, 14), now - timedelta(hours=1))
        ]  # fmt: skip
        for one in (ahead, begun):
            seats.take_seat(one, person, actor=SYSTEM, now=now, at_the_door=True)
        record = records.enter(
            person, place.office,
            records.Learned(
                name="消防安全", content="灭火器使用", minutes=120, organiser="区消防站",
                held_on=today - timedelta(days=30),
            ),
            course=None, actor=SYSTEM, now=now,
        )  # fmt: skip
        credential = credentials.add(
            person,
            credentials.Stated(
                kind=kind, number="N1", issued_on=today - timedelta(days=700),
                valid_until=today + timedelta(days=20), paper=("证书.pdf", b"%PDF-1.7 a scan"),
            ),
            actor=volunteer.actor, now=now,
        )  # fmt: skip
        proved = credentials.add(
            person,
            credentials.Stated(kind=expert, issued_on=today - timedelta(days=900), number="S1"),
            actor=SYSTEM, now=now,
        )  # fmt: skip
        proved.verified_at = now
        social_work.register(
            person, grade=Grade.ASSISTANT, starts_on=today - timedelta(days=800), number="R1",
            degree_on=None, actor=SYSTEM, now=now,
        )  # fmt: skip
        waits = social_work.register(
            person, grade=Grade.ASSISTANT, starts_on=today + timedelta(days=400), number="R2",
            degree_on=None, actor=volunteer.actor, now=now,
        )  # fmt: skip
    return learned.fill(place, volunteer, course, begun, now) | {
        "course_id": course.id,
        "session_id": begun.id,
        "training.show session_id": ahead.id,
        "credential_id": credential.id,
        "training.refuse_registration registration_id": waits.id,
        "training.withdraw_record record_id": record.id,
    }


def _hours(place, volunteer):
    today = scene.today()
    category = place.project.category_id
    more = {"category_id": category}
    long_ago = today - timedelta(days=60)
    make.record(volunteer.person, place.office, 125, day=long_ago, **more)
    waiting = make.record(
        volunteer.person, place.office, 700, day=today - timedelta(days=50),
        state=RecordState.PENDING, due_on=today - timedelta(days=30), **more,
    )  # fmt: skip
    doubted = make.record(volunteer.person, place.office, 90, day=long_ago, **more)
    number, appealed = _corrections(place, volunteer, doubted)
    return {
        "record_id": waiting.id,
        "corrections.ask record_id": _settled(volunteer, doubted),
        "corrections.missing person_id": volunteer.person_id,
        "corrections.decide request_id": appealed,
        "review.correct record_id": doubted.id,
        "review.settle record_id": _noticed(waiting),
        "review.part step": "doubted",
        **{f"corrections.{door} request_id": number for door in ("answer", "show", "evidence")},
        "corrections.appeal request_id": appealed,
    }


def _noticed(record):
    seen = packed(Because(Seen.DEVICE, {"people": 3, "least": 3}))
    flag = RecordFlag(record_id=record.id, kind=DoubtKind.DEVICE, facts=seen, raised_at=clock.now())
    make.saved(flag)
    return record.id


def _corrections(place, volunteer, doubted):
    """One request with a picture that waits; one about missing service that was appealed."""
    now, actor, person = clock.now(), volunteer.actor, volunteer.person
    span = Span(now - timedelta(days=20, hours=3), now - timedelta(days=20))
    missed = Request(
        Wrong.MISSING, "领队没有带签到表", on_record=False, activity="社区大扫除", span=span
    )
    with writing():
        asked = corrections.ask(
            person, place.office, said=Request(Wrong.TIME, "我待到了十二点", minutes=120),
            record=doubted, evidence="王阿姨在场", file=("合影.png", _PNG), actor=actor, now=now,
        )  # fmt: skip
        corrections.take_up(asked, actor=place.coordinator.actor, now=now)
        declined = corrections.ask(person, place.office, said=missed, actor=actor, now=now)
        corrections.answer(
            declined, remedy=None, words="没有证据", actor=place.coordinator.actor, now=now
        )
        corrections.appeal(declined, words="邻居可以作证", actor=actor, now=now)
        amending.amend(
            doubted,
            {"place": "二楼活动室"},
            reason="写错了",
            actor=place.coordinator.actor,
            now=now,
        )
        return asked.id, declined.id


def _banked(place, volunteer):
    """A time bank with what was credited, a request, a full pool and what is proposed from it."""
    now, person = clock.now(), volunteer.person
    since = scene.today() - timedelta(days=100)
    rules = {"time_bank": "on", "bank_most_hours": 2, "bank_percent": 90}
    make.saved(
        *(
            OfficeRule(
                office_id=place.office.id, name=name, value=value, valid_from=since, set_at=now
            )
            for name, value in rules.items()
        )
    )
    with writing():
        crediting.follow(place.office.id, now)
    with writing():
        kept = place.office, place.office
        asked = [
            requests.ask(
                person, *kept, what=what, starts_at=now + timedelta(hours=hours), minutes=10,
                actor=volunteer.actor, now=now,
            )
            for what, hours in (("陪我去医院", 1), ("帮忙买菜", 30))
        ]  # fmt: skip
        requests.take(asked[0], actor=SYSTEM, now=now)
        asked[0].starts_at = now
        wish = donations.wish(
            person, place.office, typed=None, minutes=30, note="谢谢", address="", now=now
        )
        donations.donate(person, place.office, wish, actor=volunteer.actor, now=now)
        account = timebank.account_of(place.office.id, person.id)
        pool.propose(account, 20, "独居，刚出院", actor=place.coordinator.actor, now=now)
        again = donations.wish(
            person, place.office, typed=None, minutes=5, note=None, address="", now=now
        )
        return {
            **{f"timebank.{door} account_id": account.id
               for door in ("account", "account_statement", "give")},
            **{f"timebank.{door} request_id": asked[0].id for door in ("book", "give_back")},
            "bank_id": place.office.id,
            "timebank.check_donation token": again.token,
        }  # fmt: skip


def _rated(place, volunteer):
    """Ratings of both sides, some answered, one overdue; a shift that can still be rated."""
    now = clock.now()
    over = scene.shift(place.project, now - timedelta(hours=9))
    make.attended(over, volunteer.person, left=60)
    due = scene.today() - timedelta(days=3)
    more = {
        "shift_id": over.id, "project_id": place.project.id, "office_id": place.office.id,
        "made_at": now,
    }  # fmt: skip
    guests = [
        Rating(
            side=Side.RESIDENT, device_index=f"device {place_}", steps=steps, text=text,
            due_on=due if steps < 3 else None, **more,
        )
        for place_, (steps, text) in enumerate(
            ((5, "送得很准时"), (4, None), (1, "等了一个小时"), (5, "谢谢"), (3, None))
        )
    ]  # fmt: skip
    mine = Rating(
        side=Side.VOLUNTEER, person_id=volunteer.person_id, steps=2, text="水不够", due_on=due,
        answer="以后每人两瓶水", answered_at=now, **more,
    )  # fmt: skip
    make.saved(*guests, mine)
    again = scene.shift(place.project, now - timedelta(hours=20))
    make.attended(again, volunteer.person, left=60)
    return {
        "rating_id": guests[2].id,
        "ratings.guest token": ratings.link_of(again),
        "ratings.guest_answer token": ratings.answer_link(guests[2]),
        "ratings.rate shift_id": again.id,
    }


def _honoured(place, volunteer):
    """A scheme, a star that is doubtful, an application, an award to be verified, the roll."""
    now, today, person = clock.now(), scene.today(), volunteer.person
    make.saved(
        OfficeRule(
            office_id=place.office.id, name="honour_roll", value="on", valid_from=today, set_at=now
        )
    )
    with writing():
        held = schemes.add(
            place.district, schemes.TEMPLATES[schemes.Template.BEIJING],
            first_day=today, actor=SYSTEM, now=now,
        )  # fmt: skip
        registrations.give(person, [ConsentKind.HONOUR_ROLL], actor=volunteer.actor, now=now)
        award = awards.add(
            person, place.office, name="公益之星", awarded_on=today, unit="区公益联合会",
            rank=Rank.OTHER, evidence=("证书.png", _PNG),
            actor=place.coordinator.actor, now=now, today=today,
        )  # fmt: skip
    star = {
        "person_id": person.id, "office_id": place.office.id, "decider_id": place.office.id,
        "period": "all", "minutes": 6000,
    }  # fmt: skip
    given = [
        StarGrant(
            **star, level_id=level.id, steps=0, count=0,
            number=f"XJ2026-TEST-{place.office.id:03d}{level.place}",
            granted_on=today, granted_at=now, **more,
        )
        for level, more in zip(
            held.levels, ({}, {"doubtful_since": now, "minutes_now": 5999}), strict=False
        )
    ]  # fmt: skip
    asked = StarApplication(**star, level_id=held.levels[2].id, made_at=now, state="applied")
    make.saved(*given, asked)
    over = scene.shift(place.project, now - timedelta(hours=50))
    served = [
        make.record(
            each, place.office, 150, shift_id=over.id, category_id=place.project.category_id
        )
        for each in (person, make.person("孙权", at=place.office))
    ]
    with writing():
        said = {served[1].id: evaluations.Said(4, "耐心细致")}
        evaluations.evaluate(said, served, actor=SYSTEM, now=now, today=today)
    child = db.session.query(Person).filter_by(guardian_id=volunteer.person_id).one()
    return {
        "grant_id": given[1].id,
        "application_id": asked.id,
        "award_id": award.id,
        "scheme_id": held.id,
        "recognition.evaluate record_id": served[0].id,
        "recognition.evaluate_shift shift_id": over.id,
        "recognition.child person_id": child.id,
    }


def _settled(volunteer, doubted):
    records = db.session.query(type(doubted)).filter_by(person_id=volunteer.person_id)
    return next(
        each.id
        for each in records.order_by(type(doubted).id)
        if each.state is RecordState.APPROVED and each.id != doubted.id
    )


def _certificates(place, volunteer, address):
    verify = f"{address}/verify/"
    with writing():
        own = issuing.issue_own(
            Wish(), Circumstances(volunteer.actor, clock.now(), scene.today(), verify)
        )
        asked = certificate_batches.ask(
            Sought(office_id=place.office.id),
            Chosen(),
            Wish(),
            Circumstances(place.administrator.actor, clock.now(), scene.today(), verify),
        )
        # As if it were asked for tomorrow: the worker of the suite leaves it as it is.
        asked.seen_at = clock.now() + timedelta(days=1)
        seals.put(place.office, _stamp(), own_exports=True, actor=SYSTEM, now=clock.now())
        year = scene.today().year - 1
        yearly.publish(place.office, year, actor=SYSTEM, now=clock.now(), today=scene.today())
    with writing():
        done = certificate_batches.ask(
            Sought(office_id=place.office.id),
            Chosen(),
            Wish(),
            Circumstances(place.administrator.actor, clock.now(), scene.today(), verify),
        )
        certificate_batches.issue_piece(done.id, clock.now())
        done.state = BatchState.READY
    key = _first(OfficeKey, office_id=place.office.id)
    return {
        "certificates.code code": payload.address(own.content).rpartition("/")[2],
        "certificates.replace_keys office_id": place.office.id,
        "certificates.office_keys office_id": place.office.id,
        "key_id": key.id,
        "certificate_id": own.id,
        "number": own.number,
        **{f"certificates.{door} batch_id": done.id for door in ("batch", "joined_batch")},
        "certificates.seal office_id": place.office.id,
        "reports.public_yearly office_id": place.office.id,
        "year": year,
    }


def _stamp():
    picture, out = Image.new("RGB", (200, 200), "white"), BytesIO()
    ImageDraw.Draw(picture).ellipse((10, 10, 190, 190), outline=(200, 30, 30), width=9)
    picture.save(out, "PNG")
    return out.getvalue()


def _together(place, volunteer):
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


def _entered(place, volunteer):
    """What was sent to the designated system, with an answer that waits to be taken over."""
    now, actor, office = clock.now(), place.administrator.actor, place.office
    sent = make.record(
        volunteer.person, office, 45, day=scene.today() - timedelta(days=20),
        category_id=place.project.category_id,
    )  # fmt: skip
    with writing():
        example = national_mappings.example().text.replace("required = true", "")
        version = national_mappings.add(
            office, example, valid_from=scene.today(), actor=actor, now=now, today=scene.today()
        )
        choice = Choice(office)
        made = national_files.make(choice, identity=False, today=scene.today())
        batch = national_files.send(
            choice, made, identity=False, reason="", actor=actor, now=now - timedelta(days=15)
        )
        text = f"记录编号,导入结果,失败原因\r\n{sent.id},成功,\r\n999999,失败,重复\r\n"
        file = national_answers.keep("回执.csv", text.encode(), actor=actor, now=now)
    make.record(
        volunteer.person, office, 30, day=scene.today() - timedelta(days=3),
        category_id=place.project.category_id,
    )  # fmt: skip
    return {
        "national.batch batch_id": batch.id,
        "national.mapping mapping_id": version.id,
        "national.answer file_id": file.id,
        "national.record record_id": sent.id,
        "national.records kind": "unanswered",
    }


def _files(account, office):
    """Files that were handed in: staffing forgets the last one of an account for the next."""
    now = clock.now()
    handed_in = {
        "staffing.appointment_rows": (staffing_files.keep, "appointments", SYSTEM),
        "staffing.population_rows": (staffing_files.keep, "population", account.actor),
    }
    with writing():
        files = {
            f"{door} file_id": keep(f"{name}.csv", SHEETS[name].encode(), actor=by, now=now)
            for door, (keep, name, by) in handed_in.items()
        }
        for file in files.values():
            file.account_id = account.id
        db.session.flush()
        numbers = {name: file.id for name, file in files.items()}
    return numbers | {"intake_id": _intake(account, office, now)}


def _intake(account, office, now):
    """A file of people whose rows were looked at."""
    with writing():
        handed_in = intakes.hand_in(
            office, IntakeKind.PEOPLE, Way.BOTH, name="people.csv",
            content=SHEETS["people"].encode(), actor=account.actor, now=now,
        )  # fmt: skip
        number = handed_in.id
    intake_jobs.work(now)
    return number


def _desk(place, volunteer, shift):
    """A kiosk, the volunteer's own code, and taps of a device whose clock is wrong."""
    now = clock.now()
    places = db.session.query(Signup).filter_by(shift_id=shift.id)
    first, second, *_ = places.order_by(Signup.id)
    off = now - timedelta(minutes=20)
    taps = tuple(
        Tap(str(uuid.uuid4()), number, one.id, act, off)
        for number, (one, act) in enumerate(((first, SignAct.OUT), (second, SignAct.IN)))
    )
    leader = Bearer(Project.office_id == place.office.id, account_id=place.leader.id)
    with writing():
        kiosk = kiosks.register(place.office, "食堂门口", actor=SYSTEM, now=now)
        kiosks.register(place.office, "二楼", actor=SYSTEM, now=now)
        queue.bring(Batch("phone", off, taps), leader, now=now)
        return {
            "kiosk_id": kiosk.id,
            "checkin.person code": codes.own_code(volunteer.person_id),
        }


def tablet(address):
    """The cookie of a tablet that becomes the kiosk."""
    with writing():
        kiosk = _first(Kiosk)
        kiosks.open_pairing(kiosk, actor=SYSTEM, now=clock.now())
        value = kiosks.paired(kiosks.pairing_code(kiosk, clock.now()), now=clock.now())
    return {"name": "kiosk", "value": value, "url": f"{address}/checkin/kiosk"}


QUERY = {
    "indicators.enter_cases": "?office={office_id}",
    "indicators.workload": "?office={office_id}",
    "indicators.state": "?office={office_id}",
    "indicators.index": "?office={office_id}",
    "staffing.new_standard": "?template=shaanxi_2012",
    "staffing.why": "?since=2025-11-02",
    "teams.new_member": "?q=张",
    "directory.new_act": "?all=1&kind=pause",
    "certificates.new_batch": "?office={office_id}",
    "reports.yearly": "?office={office_id}&year={year}",
    "shifts.roster": "?q=ou",
    "shifts.board_shift": "?q=ou",
    "shifts.board_move": "?signup={signup_id}",
    "shifts.board_paper": "?kind=signing",
    "shifts.party": "?group=family",
    "shifts.new": "?project={project_id}",
    "national.look": "?office={office_id}",
    "national.answer": "?office={office_id}",
}
NOT_PAGES = {
    "healthz", "readyz", "robots", "security", "metrics", "static", "certificates.pdf",
    "certificates.zip_of_batch",
    "certificates.zip_of_session",
    "certificates.joined_batch", "certificates.seal_picture",
    "reports.yearly_export", "reports.yearly_pdf", "reports.public_yearly_pdf", "staffing.export",
    "people.picture", "intake.rejected", "indicators.sheet", "indicators.paper",
    "training.paper", "training.shown_paper", "training.record_paper", "renewals.export",
    "training.shown_record_paper", "training.scan", "training.material",
    "training.questions_example",
    "calendars.feed", "calendars.shift", "shifts.sheet_picture",
    "corrections.evidence",
    "checkin.worker", "checkin.token", "checkin.kiosk_token",
    "certificates.worker", "certificates.offline_keys", "certificates.key_pem",
    "certificates.badge", "certificates.badge_status", "recognition.pdf", "recognition.paper",
}  # fmt: skip


def addresses(app, known):
    """The address of every page and the permission it asks for, by the name of its door."""
    found = {}
    first = "accounts.open_link"  # it opens another page to whoever follows it
    for rule in sorted(app.url_map.iter_rules(), key=lambda r: (r.endpoint != first, r.rule)):
        if "GET" not in rule.methods or rule.endpoint in NOT_PAGES:
            continue
        words = {name: _word(rule.endpoint, name, known) for name in rule.arguments}
        if None not in words.values():
            path = rule.build(words, append_unknown=False)[1]
            path += QUERY.get(rule.endpoint, "").format(**known)
            found[rule.endpoint] = path, app.view_functions[rule.endpoint].permission
    return found


def _word(endpoint, name, known):
    return known.get(f"{endpoint} {name}", known.get(name))
