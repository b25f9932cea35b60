"""Things to test with, in the fewest words: each made in a transaction of its own and committed."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime, timedelta

from talent.access import Role
from talent.accounts.models import Account, Grant
from talent.db import db, writing
from talent.offices.models import Office, OfficeKind, ServiceCategory
from talent.people.models import Person, Registration, RegistrationState, Tie
from talent.rules.identity import Sex

NOW = datetime(2026, 6, 1, 1, 0, tzinfo=UTC)  # Monday, nine o'clock in Shanghai
TODAY = date(2026, 6, 1)
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


def category(code="elderly", name="为老服务"):
    found = db.session.query(ServiceCategory).filter_by(code=code).one_or_none()
    return found or saved(ServiceCategory(code=code, name_zh=name, name_en=code.title()))


def person(name="王秀兰", *, at=None, state=RegistrationState.ACTIVE, **more):
    """A person; with an office, registered there as a volunteer."""
    number = next(_numbers)
    with writing():
        row = Person(
            name=name,
            sort_key=more.pop("sort_key", name),
            volunteer_no=f"V{number:07d}",
            sex=Sex.FEMALE,
            birth_date=more.pop("birth_date", date(1980, 5, 17)),
            email=more.pop("email", f"person{number}@example.org"),
            made_at=NOW,
            changed_at=NOW,
            **more,
        )
        db.session.add(row)
        db.session.flush()
        if at:
            db.session.add(
                Registration(person_id=row.id, office_id=at.id, state=state, applied_at=NOW)
            )
            db.session.add(Tie(person_id=row.id, office_id=at.id))
    return row


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


def volunteer(office, name="王秀兰", **more):
    """An active volunteer of the office with an account."""
    return account(Role.VOLUNTEER, office, person=person(name, at=office, **more))


def hours_later(hours, start=NOW):
    return start + timedelta(hours=hours)
