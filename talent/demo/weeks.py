"""Eight weeks of the demonstration: five that were, three that come."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sqlalchemy import select, update

from talent.access import SYSTEM, Actor, Held, Role
from talent.db import db
from talent.demo import (
    banked,
    cast,
    desk,
    disputes,
    entered,
    gates,
    handing,
    honours,
    lines,
    noticed,
    together,
    trials,
)
from talent.errors import Refused
from talent.hours.recording import service as recording
from talent.messages.models import Message, MessageState
from talent.offices.models import Office, ServiceCategory
from talent.rules.attendance import SignMode
from talent.rules.series import Pattern, Rhythm, Wall
from talent.shifts.attendance import service as attendance
from talent.shifts.copying.service import Extent
from talent.shifts.models import AttendanceSource, Project, Shift
from talent.shifts.needs.service import Wanted
from talent.shifts.places import service as places
from talent.shifts.planning import service as planning
from talent.shifts.projects import service as projects
from talent.shifts.series import service as series
from talent.shifts.series.service import Outline
from talent.shifts.settling import service as settling
from talent.shifts.signups import service as signups
from talent.shifts.templates import service as templates
from talent.training.models import CredentialKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from talent.demo.stage import District
    from talent.people.models import Person
    from talent.shifts.models import Signup

PAST_WEEKS, WEEKS = 5, 8
OF_COMMUNITY = 3  # projects of each community


def play(district: District) -> None:
    """Projects, shifts, sign-ups, attendance and hours, each at the time when it happened."""
    trials.begin(district)
    for shift in sorted(_planned(district), key=lambda each: each.starts_at):
        on = _taken(district, shift)
        if shift.ends_at < district.now:
            _held(district, shift, on)
    while recording.record_attendance(district.now):
        pass
    disputes.play(district, _as)
    entered.play(district)
    noticed.play(district)
    lines.play(district, _as)
    handing.play(district, _as)
    together.play(district, _as)
    desk.play(district)
    honours.play(district)
    banked.play(district)
    trials.play(district)
    # What was told in the past has been read long ago: the worker must not send it today.
    db.session.flush()
    told = update(Message).where(Message.state == MessageState.WAITING)
    db.session.execute(told.values(state=MessageState.SENT, sent_at=Message.made_at))


def _planned(district: District) -> Iterator[Shift]:
    categories = {c.code: c for c in db.session.scalars(select(ServiceCategory))}
    first_aid = db.session.scalars(
        select(CredentialKind).where(CredentialKind.code == "first_aid"),
    ).one()
    known = gates.begin(district)
    monday = district.day - timedelta(days=district.day.weekday(), weeks=PAST_WEEKS)
    for index, community in enumerate(district.communities):
        for turn in range(OF_COMMUNITY):
            shape = cast.PROJECTS[(index * OF_COMMUNITY + turn) % len(cast.PROJECTS)]
            code, name, content, place, position, age, risky = shape
            project = _project(
                district, community, categories[code], name=name, content=content, place=place,
                risky=risky, audience=district.root if turn == 0 else community,
                mode=gates.mode_of(index, turn),
            )  # fmt: skip
            kind = first_aid.id if risky and turn else None
            post = projects.add_position(
                project, actor=SYSTEM, now=district.begun, name=position, minimum_age=age,
                credential_kind_ids=[kind] if kind else [],
                skill_ids=[known[0].id] if index == 1 and turn == OF_COMMUNITY - 1 else [],
            )  # fmt: skip
            db.session.refresh(project)
            projects.open_(project, actor=SYSTEM, now=district.begun)
            day = monday + timedelta(days=(index + turn * 2) % 7)
            begins = datetime(
                day.year, day.month, day.day, (9, 14, 18)[turn], tzinfo=ZoneInfo(community.zone)
            )
            made = _weekly(district, project, begins, post.id)
            if index == turn == 0:
                templates.save(
                    project, "一周的安排", Extent.WEEK, day, actor=SYSTEM, now=district.begun
                )
            for shift in made:
                planning.publish(shift, actor=SYSTEM, now=district.begun)
                yield shift


def _weekly(
    district: District, project: Project, begins: datetime, position_id: int
) -> Sequence[Shift]:
    """A series of two hours and a half each week, from the past weeks on."""
    end = begins + timedelta(hours=2, minutes=30)
    outline = Outline(
        Pattern(begins.date(), Rhythm.WEEKLY, weekdays=frozenset({begins.weekday()}), count=WEEKS),
        Wall(begins.time(), end.time()),
        project.place,
        None,
        {position_id: Wanted(district.random.choice((3, 4, 5, 6)), least=2)},
    )
    agreed = series.propose(project, outline, now=district.begun)
    batch = series.start(project, outline, agreed, actor=SYSTEM, now=district.begun)
    query = select(Shift).where(Shift.batch_id == batch.id).order_by(Shift.id)
    return db.session.scalars(query).all()


def _project(
    district: District,
    community: Office,
    category: ServiceCategory,
    *,
    name: str,
    content: str,
    place: str,
    risky: bool,
    audience: Office,
    mode: SignMode,
) -> Project:
    insured = {
        "insurance_no": "QH-2026-0001",
        "insured_from": district.day - timedelta(days=100),
        "insured_to": district.day + timedelta(days=265),
    }
    return projects.add(
        actor=SYSTEM,
        now=district.begun,
        office_id=community.id,
        audience_id=audience.id,
        category_id=category.id,
        name=name,
        content=content,
        place=f"{community.name_zh}{place}",
        person_in_charge="李主任",
        contact="0311-0000000",
        bring="志愿者马甲、水杯",
        risks="户外活动，注意交通和天气。" if risky else "无特殊风险。",
        safeguards="提供保险、饮水和急救包。",
        risky=risky,
        mode=mode,
        **(insured if risky else {}),
    )


def _taken(district: District, shift: Shift) -> list[Signup]:
    """People of the community sign up, one by one, until the shift is nearly or wholly full."""
    community = shift.project.office
    random, need = district.random, shift.needs[0]
    coming = shift.starts_at > district.now
    wanted = random.randint(0 if coming else 2, need.places)
    found: list[Signup] = []
    for person in random.sample(district.volunteers[community.id], need.places * 3):
        if len(found) >= wanted:
            break
        moment = min(shift.starts_at - timedelta(days=2), district.now - timedelta(hours=1))
        try:
            signups.sign_up(
                shift.id, need.id, actor=_as(person, community),
                now=max(moment, district.begun + timedelta(hours=1)), risks_read=True,
            )  # fmt: skip
        except Refused:  # on another shift then, or without the credential
            continue
        if one := places.live(shift.id, person.id):
            found.append(one)
    return found


def _as(person: Person, community: Office) -> Actor:
    held = (Held(Role.VOLUNTEER, community.id, community.path),)
    return Actor(person_id=person.id, held=held)


def _held(district: District, shift: Shift, on: list[Signup]) -> None:
    """Nearly all come; some a little late, some stay a little longer, one forgets to sign out."""
    random = district.random
    for one in on:
        luck = random.random()
        if luck < 0.04:  # noqa: PLR2004 - did not come
            continue
        if shift.signed is SignMode.AUTOMATIC:
            continue
        came = shift.starts_at + timedelta(minutes=random.randint(-12, 9))
        attendance.arrive(one, source=AttendanceSource.QR, actor=SYSTEM, now=came)
        if luck < 0.06 and shift.ends_at < district.now - timedelta(days=1):  # noqa: PLR2004
            continue  # forgot
        if shift.signed is SignMode.IN_ONLY:
            continue
        left = shift.ends_at + timedelta(minutes=random.randint(-8, 10))
        attendance.leave(one, source=AttendanceSource.QR, actor=SYSTEM, now=left)
    settling.settle(shift.ends_at + timedelta(hours=7))
