"""People at work, people who live there, certificates: made in a word."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime
from decimal import Decimal
from types import SimpleNamespace

import make

from talent.db import db, writing
from talent.offices.models import OfficeKind
from talent.people.models import Person, Tie
from talent.rules.social_workers import Grade
from talent.rules.staffing import PopulationKind
from talent.staffing.models import Appointment, AppointmentKind, Population
from talent.training.models import Credential, CredentialKind

LONG_AGO = date(2020, 1, 1)
AS_OF = date(2025, 11, 1)
_numbers = itertools.count(1)


def offices():
    """A district with two streets and three communities, by short names."""
    district = make.office("东湖区", kind=OfficeKind.DISTRICT, name_en="East Lake District")
    street = make.office("东湖街道", parent=district, kind=OfficeKind.STREET, name_en="East Lake")
    other = make.office("南山街道", parent=district, kind=OfficeKind.STREET, name_en="South Hill")
    found = {
        "one": make.office("东湖第一社区", parent=street, name_en="First"),
        "two": make.office("东湖第二社区", parent=street, name_en="Second"),
        "three": make.office("南山第一社区", parent=other, name_en="Third"),
    }
    return SimpleNamespace(district=district, street=street, other=other, **found)


def staff(office, count=1, *, kind=AppointmentKind.FULL_TIME, person=None, **more):
    """People appointed to the office; the last of them is given back."""
    row = None
    with writing():
        for _ in range(count):
            row = person or _person()
            db.session.add(row)
            db.session.flush()
            db.session.merge(Tie(person_id=row.id, office_id=office.id))
            terms = {"starts_on": LONG_AGO, **more, "share": Decimal(more.get("share", "1"))}
            db.session.add(Appointment(person_id=row.id, office_id=office.id, kind=kind, **terms))
    return row


def _person():
    number = next(_numbers)
    return Person(
        name=f"员工{number}",
        sort_key=f"员工{number:04d}",
        volunteer_no=f"S{number:07d}",
        made_at=make.NOW,
        changed_at=make.NOW,
    )


def populate(
    office, number, *, kind=PopulationKind.URBAN_RESIDENT, as_of=AS_OF, source="人口抽样调查"
):
    return make.saved(
        Population(
            office_id=office.id,
            kind=kind,
            number=number,
            as_of=as_of,
            source=source,
            made_at=make.NOW,
        )
    )


def certify(person, issued_on=LONG_AGO, valid_until=None):
    """The person holds a verified professional certificate."""
    kind = db.session.query(CredentialKind).filter_by(code="assistant").one_or_none()
    kind = kind or make.saved(
        CredentialKind(
            code="assistant", name_zh="助理社会工作师", professional=True, grade=Grade.ASSISTANT
        )
    )
    return make.saved(
        Credential(
            person_id=person.id,
            kind_id=kind.id,
            issued_on=issued_on,
            valid_until=valid_until,
            made_at=make.NOW,
            verified_by=1,
            verified_at=datetime(2026, 1, 1, tzinfo=UTC),
        )
    )


def row_of(page, office):
    """The figures of an office's row on the manager's page, by heading."""
    (row,) = page.all("tr", id=f"office-{office.id}")
    cells = {}
    for cell in row.iter("td"):
        links = [" ".join("".join(a.itertext()).split()) for a in cell.iter("a")]
        text = " ".join("".join(cell.itertext()).split())
        cells[cell.get("data-label")] = links[0] if links else text
    return cells
