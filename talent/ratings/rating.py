"""Rating: by a volunteer who was there, once, and by whoever was served, through a link."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sqlalchemy import delete, func, select
from sqlalchemy.orm import contains_eager, joinedload

from talent import audit, clock, seal
from talent.access import NOBODY
from talent.audit import Act
from talent.db import db, locked
from talent.errors import NotFound, Refused
from talent.messages.models import MessageKind
from talent.messages.service import drop
from talent.offices.models import Setting
from talent.offices.service import setting, settings_of, working_calendar
from talent.ratings.models import Rating, RatingTry, Side
from talent.rules import ratings as law
from talent.rules.ratings import Unrated
from talent.rules.workdays import WorkCalendar
from talent.seal import blind_index
from talent.shifts.models import Attendance, AttendanceState, Project, Shift, ShiftState, Signup

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from talent.access import Actor
    from talent.rules.reason import Because

LINK, ANSWER, DEVICE = "ratings.shift", "ratings.answer", "ratings.device"
TAKES_PLACE = (ShiftState.PUBLISHED, ShiftState.CLOSED)


def own_signup(person_id: int, shift_id: int) -> Signup:
    """The volunteer's place on the shift, or `NotFound`; whether he came is asked of the law."""
    query = (
        select(Signup)
        .outerjoin(Attendance, Attendance.signup_id == Signup.id)
        .where(Signup.person_id == person_id, Signup.shift_id == shift_id)
        .options(
            contains_eager(Signup.attendance),
            joinedload(Signup.shift).joinedload(Shift.project).joinedload(Project.office),
            joinedload(Signup.person),
        )
        .order_by(Attendance.id.is_(None), Signup.id.desc())
        .limit(1)
    )
    if (found := db.session.scalars(query).one_or_none()) is None:
        raise NotFound
    return found


def was_there(signup: Signup) -> bool:
    """Whether the volunteer signed in."""
    came = signup.attendance
    return bool(came and came.in_at and came.state is not AttendanceState.ABSENT)


def own_rating(person_id: int, shift_id: int) -> Rating | None:
    """What the volunteer said of the shift."""
    query = select(Rating).where(Rating.person_id == person_id, Rating.shift_id == shift_id)
    return db.session.scalars(query).one_or_none()


def refusals(signup: Signup, now: datetime) -> list[Because]:
    """Why the volunteer does not rate, or no longer changes what he said."""
    said = own_rating(signup.person_id, signup.shift_id)
    return law.refusals_of_volunteer(
        present=was_there(signup),
        ended_at=signup.shift.ends_at,
        made_at=said.made_at if said else None,
        now=now,
    )


def rate(signup: Signup, steps: int, text: str | None, *, actor: Actor, now: datetime) -> Rating:
    """Say how it was, or say it anew within the days in which it can be changed."""
    locked(Signup, signup.id)  # the same page sent twice is one rating
    if against := refusals(signup, now):
        raise Refused(against)
    said = own_rating(signup.person_id, signup.shift_id)
    if said is None:
        said = _new(signup.shift, Side.VOLUNTEER, now, person_id=signup.person_id)
        drop(MessageKind.RATING_ASKED, str(signup.id))
    else:
        said.changed_at = now
    _say(said, signup.shift, steps, text, now)
    audit.record(Act.RATED, said, actor=actor, now=now, office_id=said.office_id)
    return said


def link_of(shift: Shift) -> str:
    """The end of the address at which whoever was served rates the shift."""
    return seal.sign(LINK, shift.id)


def shift_of(token: str) -> Shift:
    """The shift of such an address, or `NotFound`."""
    number = seal.signed(LINK, token)
    query = (
        select(Shift)
        .where(Shift.id == (number or 0), Shift.state.in_(TAKES_PLACE))
        .options(joinedload(Shift.project).joinedload(Project.office))
    )
    if (found := db.session.scalars(query).one_or_none()) is None:
        raise NotFound
    return found


def refusals_of_link(shift: Shift, now: datetime) -> list[Because]:
    """Why nobody rates through the link now."""
    office = shift.project.office
    days = setting(office, Setting.RATING_LINK_DAYS, on=clock.today(office.zone, now))
    return law.refusals_of_resident(
        starts_at=shift.starts_at, ended_at=shift.ends_at, valid_days=days, now=now
    )


def of_device(shift: Shift, device: str | None) -> Rating | None:
    """What was said of the shift from a device."""
    if device is None:
        return None
    query = select(Rating).where(
        Rating.shift_id == shift.id, Rating.device_index == blind_index(DEVICE, device)
    )
    return db.session.scalars(query).one_or_none()


def rate_as_guest(
    shift: Shift,
    steps: int,
    text: str | None,
    *,
    device: str | None,
    address: str,
    now: datetime,
) -> Rating:
    """Say how one was served: once for a device, which got its name with the page."""
    if against := refusals_of_link(shift, now):
        raise Refused(against)
    if device is None:
        raise Refused([Unrated.FROM_PAGE])
    locked(Shift, shift.id)  # two at once from one device are one
    if of_device(shift, device):
        raise Refused([Unrated.TWICE])
    _count(address, now)
    said = _new(shift, Side.RESIDENT, now, device_index=blind_index(DEVICE, device))
    _say(said, shift, steps, text, now)
    audit.record(Act.RATED, said, actor=NOBODY, now=now, office_id=said.office_id)
    return said


def answer_link(rating: Rating) -> str:
    """The end of the address at which a resident reads what the office answers."""
    return seal.sign(ANSWER, rating.id)


def by_answer_link(token: str) -> Rating:
    """The rating of such an address, or `NotFound`."""
    number = seal.signed(ANSWER, token)
    query = (
        select(Rating)
        .where(Rating.id == (number or 0), Rating.side == Side.RESIDENT)
        .options(joinedload(Rating.shift), joinedload(Rating.project), joinedload(Rating.office))
    )
    if (found := db.session.scalars(query).one_or_none()) is None:
        raise NotFound
    return found


def to_rate(person_id: int, now: datetime) -> Sequence[Signup]:
    """The shifts of the last days that the volunteer was on and has not rated."""
    rated = select(Rating.shift_id).where(Rating.person_id == person_id)
    query = (
        select(Signup)
        .join(Signup.shift)
        .join(Attendance, Attendance.signup_id == Signup.id)
        .where(
            Signup.person_id == person_id,
            Attendance.in_at.is_not(None),
            Attendance.state != AttendanceState.ABSENT,
            Shift.ends_at <= now,
            Shift.ends_at >= now - law.ASKED_WITHIN,
            Signup.shift_id.not_in(rated),
        )
        .options(contains_eager(Signup.shift).joinedload(Shift.project))
        .order_by(Shift.ends_at.desc(), Signup.id.desc())
        .limit(50)
    )
    return db.session.scalars(query).all()


def _new(
    shift: Shift,
    side: Side,
    now: datetime,
    *,
    person_id: int | None = None,
    device_index: str | None = None,
) -> Rating:
    return Rating(
        shift_id=shift.id, project_id=shift.project_id, office_id=shift.project.office_id,
        side=side, person_id=person_id, device_index=device_index, made_at=now,
    )  # fmt: skip


def _say(rating: Rating, shift: Shift, steps: int, text: str | None, now: datetime) -> None:
    """A bad one is for the office to answer; one that is better now need not be."""
    if not law.LOWEST <= steps <= law.HIGHEST:
        raise Refused([Unrated.STEP])
    rating.steps, rating.text = steps, text
    office = shift.project.office
    today = now.astimezone(ZoneInfo(office.zone)).date()
    told = settings_of(office, on=today)
    if not law.is_bad(steps, told[Setting.RATING_WORST]):
        rating.due_on = None
    elif rating.due_on is None:
        days = WorkCalendar(*working_calendar())
        rating.due_on = law.answer_due(today, told[Setting.RATING_ANSWER_DAYS], days)
    db.session.add(rating)
    db.session.flush()


def _count(address: str, now: datetime) -> None:
    """From one address only so many in some minutes; what is older is forgotten."""
    index = blind_index("ratings.address", address)
    db.session.execute(delete(RatingTry).where(RatingTry.at < now - law.WINDOW))
    query = select(func.count(RatingTry.id)).where(
        RatingTry.address_index == index, RatingTry.at >= now - law.WINDOW
    )
    if (db.session.scalar(query) or 0) >= law.MOST_IN_WINDOW:
        raise Refused([Unrated.MANY])
    db.session.add(RatingTry(address_index=index, at=now))
