"""Things to test with, in the fewest words: each made in a transaction of its own and committed."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import update

from talent import clock
from talent.access import Role
from talent.accounts.models import Account, Grant
from talent.accounts.sessions import service as sessions
from talent.accounts.sessions.models import AccountSession, Way
from talent.db import db, writing
from talent.hours import ledger
from talent.hours.models import (
    CorrectionRequest,
    EntryKind,
    Origin,
    RecordState,
    ServiceRecord,
)
from talent.offices.models import Office, OfficeKind, OfficeRule, ServiceCategory, Setting
from talent.people.models import (
    NameKey,
    Person,
    Registration,
    RegistrationState,
    Skill,
    Tie,
)
from talent.pinyin import keys, sort_key
from talent.rules.corrections import CorrectionState
from talent.rules.identity import Sex, check_character
from talent.rules.signup import HOLDING, SignupState
from talent.shifts.models import (
    Attendance,
    AttendanceSource,
    AttendanceState,
    Need,
    Position,
    Project,
    ProjectState,
    Shift,
    ShiftState,
    Signup,
)

NOW = datetime(2026, 6, 1, 1, 0, tzinfo=UTC)  # Monday, nine o'clock in Shanghai
TODAY = date(2026, 6, 1)
LONG_AGO = date(2026, 1, 1)
_numbers = itertools.count(1)


def saved(*rows):
    """Commit rows and give the first one back."""
    with writing():
        db.session.add_all(rows)
    return rows[0]


def office(name="春风社区", *, parent=None, kind=OfficeKind.COMMUNITY, **more):
    with writing():
        row = Office(
            name_zh=name,
            name_en=more.pop("name_en", f"Office {next(_numbers)}"),
            kind=kind,
            parent_id=parent.id if parent else None,
            path="/",
            **more,
        )
        db.session.add(row)
        db.session.flush()
        row.path = f"{parent.path if parent else '/'}{row.id}/"
    return row


def let(office, since=LONG_AGO, **values):
    """Let settings hold at an office from a day on, instead of what was said for that day."""
    with writing():
        for name, value in values.items():
            here = {"office_id": office.id, "name": Setting(name).value, "valid_from": since}
            db.session.query(OfficeRule).filter_by(**here).delete()
            row = OfficeRule(**here, value=value, set_at=NOW)
            db.session.add(row)
    return row


def category(code="elderly", name="为老服务"):
    found = db.session.query(ServiceCategory).filter_by(code=code).one_or_none()
    return found or saved(ServiceCategory(code=code, name_zh=name, name_en=code.title()))


def skill(name, **more):
    found = db.session.query(Skill).filter_by(name_zh=name).one_or_none()
    return found or saved(Skill(name_zh=name, **more))


def person(name="王秀兰", *, at=None, state=RegistrationState.ACTIVE, **more):
    """A person; with an office, registered there as a volunteer."""
    number = next(_numbers)
    with writing():
        row = Person(
            name=name,
            sort_key=more.pop("sort_key", sort_key(name)),
            volunteer_no=f"V{number:07d}",
            sex=Sex.FEMALE,
            birth_date=more.pop(
                "birth_date", date(2012 if more.get("guardian_id") else 1980, 5, 17)
            ),
            email=more.pop("email", f"person{number}@example.org"),
            made_at=NOW,
            changed_at=NOW,
            **more,
        )
        db.session.add(row)
        db.session.flush()
        db.session.add_all(
            NameKey(person_id=row.id, text=key, head=key[0], sort_key=row.sort_key)
            for key in keys(name)
        )
        if at:
            db.session.add(
                Registration(person_id=row.id, office_id=at.id, state=state, applied_at=NOW)
            )
            db.session.add(Tie(person_id=row.id, office_id=at.id))
    return row


def resident_id(born=date(1990, 3, 14), *, serial=1, sex=Sex.FEMALE):
    """A number that passes GB 11643."""
    first = f"110105{born:%Y%m%d}{serial * 2 + (sex is Sex.MALE):03d}"
    return first + check_character(first)


def account(role=None, office=None, *, person=None, **more):
    """An account; with a role, granted at the office."""
    number = next(_numbers)
    with writing():
        row = Account(
            name=more.pop("name", person.name if person else f"账号{number}"),
            email=more.pop("email", f"account{number}@example.org"),
            person_id=person.id if person else None,
            made_at=NOW,
            **more,
        )
        db.session.add(row)
        db.session.flush()
        if role:
            db.session.add(Grant(account_id=row.id, office_id=office.id, role=role, granted_at=NOW))
    return row


def session(account_id, way=Way.PASSWORD, **more):
    """The key of a session of the account, as its cookie holds it."""
    with writing():
        key = sessions.begin(account_id, way, device="Firefox Linux", now=clock.now())
        if more:
            row = update(AccountSession).where(AccountSession.digest == sessions.digest(key))
            db.session.execute(row.values(**more))
    return key


def volunteer(office, name="王秀兰", **more):
    """An active volunteer of the office with an account."""
    return account(Role.VOLUNTEER, office, person=person(name, at=office, **more))


def project(office, *, state=ProjectState.OPEN, audience=None, **more):
    """An open project of the office."""
    return saved(
        Project(
            office_id=office.id,
            audience_id=(audience or office).id,
            category_id=category().id,
            name=more.pop("name", "为老送餐"),
            content=more.pop("content", "给老人送午餐"),
            place=more.pop("place", "社区食堂"),
            person_in_charge=more.pop("person_in_charge", "李主任"),
            state=state,
            made_at=NOW,
            **more,
        )
    )


def position(project, name="送餐员", **more):
    return saved(Position(project_id=project.id, name=name, **more))


def shift(
    project, *, start=1, hours=3, places=5, state=ShiftState.PUBLISHED, position=None, **more
):
    """A shift that starts so many hours from NOW (or at a moment), with places of one position."""
    begins = start if isinstance(start, datetime) else hours_later(start)
    given = position or (project.positions[0] if project.positions else None)
    one = given or globals()["position"](project)
    row = saved(
        Shift(
            project_id=project.id,
            starts_at=begins,
            ends_at=begins + timedelta(hours=hours),
            state=state,
            made_at=NOW,
            **more,
        )
    )
    saved(Need(shift_id=row.id, position_id=one.id, places=places))
    return row


def signup(shift, person, *, state=SignupState.CONFIRMED, need=None, **more):
    """A person's sign-up, its place counted."""
    with writing():
        wanted = need or shift.needs[0]
        row = Signup(
            shift_id=shift.id,
            need_id=wanted.id,
            person_id=person.id,
            state=state,
            made_at=more.pop("made_at", min(NOW, shift.starts_at)),
            queued_at=more.pop("queued_at", NOW),
            **more,
        )
        db.session.add(row)
        wanted.taken += state in HOLDING
        wanted.reserved += state is SignupState.RESERVE
    return row


def attended(shift, person, *, came=0, left=None, source=AttendanceSource.QR, **more):
    """Somebody who came and left, in minutes after the start; without `left` nobody signed out."""
    begins = shift.starts_at + timedelta(minutes=came)
    ends = None if left is None else shift.starts_at + timedelta(minutes=left)
    return saved(
        Attendance(
            signup_id=signup(shift, person, **more).id,
            state=AttendanceState.LEFT if ends else AttendanceState.REVIEW,
            in_at=begins,
            out_at=ends,
            in_source=source,
            out_source=source if ends else None,
            changed_at=ends or begins,
        )
    )


def record(person, office, minutes=120, *, day=TODAY, state=RecordState.APPROVED, **more):
    """A record of service; an approved one stands in the ledger."""
    begins = more.pop("starts_at", datetime(day.year, day.month, day.day, 1, tzinfo=UTC))
    with writing():
        row = ServiceRecord(
            person_id=person.id,
            office_id=office.id,
            category_id=more.pop("category_id", None) or _category_id(),
            activity=more.pop("activity", "为老送餐"),
            day=day,
            place="社区食堂",
            content="给老人送午餐",
            organiser=office.name_zh,
            person_in_charge="李主任",
            starts_at=begins,
            ends_at=begins + timedelta(minutes=max(minutes, 1)),
            claimed_minutes=minutes,
            minutes=0,
            origin=more.pop("origin", Origin.ATTENDANCE),
            state=state,
            reasons=[],
            due_on=more.pop("due_on", day + timedelta(days=14)),
            made_at=more.pop("made_at", NOW),
            **more,
        )
        db.session.add(row)
        db.session.flush()
        if state is RecordState.APPROVED:
            ledger.add(row, EntryKind.EARNED, minutes, account_id=None, at=NOW)
    return row


def doubt(record, *, wrong="不对", state=CorrectionState.ASKED, **more):
    """Somebody says that a record is wrong."""
    return saved(
        CorrectionRequest(
            person_id=record.person_id,
            office_id=record.office_id,
            record_id=record.id,
            wrong=wrong,
            state=state,
            due_on=more.pop("due_on", TODAY + timedelta(days=14)),
            made_at=NOW,
            **more,
        )
    )


def _category_id():
    found = db.session.query(ServiceCategory).order_by(ServiceCategory.id).first()
    if found is None:
        found = ServiceCategory(code="elderly", name_zh="为老服务", name_en="Elderly")
        db.session.add(found)
        db.session.flush()
    return found.id


def hours_later(hours, start=NOW):
    return start + timedelta(hours=hours)
