"""Yearly reports: count a year of an office and all below it, publish it once, find it again."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from sqlalchemy import String, and_, cast, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import joinedload

from talent import audit
from talent.audit import Act
from talent.certificates import content as contents
from talent.certificates.models import Certificate, CertificateKind, CertificateStatus
from talent.certificates.register import service as register
from talent.certificates.register.models import RegisterEntry
from talent.db import db
from talent.errors import NotFound, Refused
from talent.hours import ledger
from talent.hours.models import CorrectionRequest, LedgerProof, RecordState, ServiceRecord
from talent.offices.models import Office
from talent.offices.service import categories
from talent.reports.yearly.models import YearlyReport
from talent.rules.reason import N_
from talent.rules.words import Word

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import ColumnElement, Select

    from talent.access import Actor

    Within = Callable[[Any], ColumnElement[bool]]

FIRST_YEAR = 2000
SERVICE = Certificate.kind == CertificateKind.SERVICE  # training is certified apart


class Unpublished(Word):
    """Why a report is not published."""

    NOT_OVER = "not_over", N_("The year is not over yet.")
    THERE = "there", N_("The report of this year is published already, and does not change.")


def figures(office: Office, year: int) -> dict[str, Any]:
    """What Art. 18 asks of a year: how much was recorded and certified, and how well.

    Of the office and all below it. Minutes are those of the ledger, and of no other count.
    """
    tree = select(Office.id).where(Office.path.startswith(office.path, autoescape=True))
    first, last = date(year, 1, 1), date(year, 12, 31)
    of_year = _within(year, office.zone)
    of_category = ledger.sums(by=("category_id",), offices=tree, first=first, last=last)
    of_person = ledger.sums(by=("person_id",), offices=tree, first=first, last=last)
    whole = ledger.whole(offices=tree, first=first, last=last)
    return {
        "office": {
            "id": office.id,
            "name_zh": office.name_zh,
            "name_en": office.name_en,
            "credit_code": office.credit_code,
            "offices": db.session.scalar(select(func.count()).select_from(tree.subquery())),
        },
        "year": year,
        "minutes": whole.minutes,
        "verified": whole.verified,
        "volunteers": sum(each.minutes > 0 for each in of_person.values()),
        "categories": [
            {
                "name_zh": category.name_zh,
                "name_en": category.name_en,
                "minutes": found.minutes,
                "verified": found.verified,
            }
            for category in categories(all_=True)
            if (found := of_category.get(category.id)) and found.minutes
        ],
        **_records(tree, first, last),
        **_corrections(tree, of_year),
        **_certificates(tree, year, of_year),
        **_proofs(tree, of_year),
    }


def _records(tree: Select[int], first: date, last: date) -> dict[str, int]:
    of_year = (
        ServiceRecord.office_id.in_(tree),
        ServiceRecord.day.between(first, last),
        ServiceRecord.state == RecordState.APPROVED,
        ServiceRecord.minutes > 0,
    )
    number = select(func.count()).select_from(ServiceRecord).where(*of_year)
    # Art. 11 counts days of the office's calendar: which of those that may be late are, it says.
    perhaps = (
        select(ServiceRecord.made_at, ServiceRecord.due_on, Office.zone)
        .join(Office, Office.id == ServiceRecord.office_id)
        .where(*of_year, cast(ServiceRecord.made_at, String) >= cast(ServiceRecord.due_on, String))
    )
    return {
        "records": db.session.scalar(number) or 0,
        "late": sum(_day(at, zone) > due for at, due, zone in db.session.execute(perhaps)),
    }


def _day(at: datetime, zone: str) -> date:
    return at.astimezone(ZoneInfo(zone)).date()


def _corrections(tree: Select[int], of_year: Within) -> dict[str, int]:
    query = (
        select(CorrectionRequest.answered_at, CorrectionRequest.due_on, Office.zone)
        .join(Office, Office.id == CorrectionRequest.office_id)
        .where(CorrectionRequest.office_id.in_(tree), of_year(CorrectionRequest.made_at))
    )
    asked = db.session.execute(query).all()
    answered = [(at, due, zone) for at, due, zone in asked if at and due]
    return {
        "asked": len(asked),
        "answered": len(answered),
        "in_time": sum(_day(at, zone) <= due for at, due, zone in answered),
    }


def _certificates(tree: Select[int], year: int, of_year: Within) -> dict[str, int]:
    """One with lines of several offices of the tree counts once."""
    entered = select(RegisterEntry.certificate_id).where(RegisterEntry.office_id.in_(tree))
    issued = (
        select(func.count())
        .select_from(Certificate)
        .where(Certificate.id.in_(entered.where(RegisterEntry.year == year)), SERVICE)
    )
    revoked = (
        select(func.count())
        .select_from(Certificate)
        .where(Certificate.id.in_(entered), of_year(Certificate.revoked_at), SERVICE)
    )
    return {
        "issued": db.session.scalar(issued) or 0,
        "revoked": db.session.scalar(revoked) or 0,
        "superseded": db.session.scalar(
            issued.where(*register.with_status(CertificateStatus.SUPERSEDED))
        )
        or 0,
    }


def _proofs(tree: Select[int], of_year: Within) -> dict[str, int]:
    query = select(LedgerProof.faults).where(
        LedgerProof.office_id.in_(tree), of_year(LedgerProof.at)
    )
    found = db.session.scalars(query).all()
    return {"proofs": len(found), "faults": sum(bool(faults) for faults in found)}


def _within(year: int, zone: str) -> Within:
    """The moments of a year, which begins when it is midnight where the office is."""
    begins, ends = (datetime(each, 1, 1, tzinfo=ZoneInfo(zone)) for each in (year, year + 1))
    return lambda column: and_(column >= begins, column < ends)


def publish(office: Office, year: int, *, actor: Actor, now: datetime, today: date) -> YearlyReport:
    """Freeze the figures of a year that is over; from now on everybody may read them."""
    if year >= today.year:
        raise Refused([Unpublished.NOT_OVER])
    counted = figures(office, year)
    report = YearlyReport(
        office_id=office.id, year=year, figures=counted, digest=contents.digest(counted),
        published_at=now, published_by=actor.account_id,
    )  # fmt: skip
    try:
        with db.session.begin_nested():
            db.session.add(report)
            db.session.flush()
    except IntegrityError:
        raise Refused([Unpublished.THERE]) from None
    audit.record(Act.REPORT_PUBLISHED, report, actor=actor, now=now, office_id=office.id, year=year)
    return report


def published(office_id: int, year: int) -> YearlyReport | None:
    """What was published of an office and a year; nothing that was changed since."""
    query = (
        select(YearlyReport)
        .where(YearlyReport.office_id == office_id, YearlyReport.year == year)
        .options(joinedload(YearlyReport.office))
    )
    found = db.session.scalars(query).one_or_none()
    return found if found and contents.digest(found.figures) == found.digest else None


def public(office_id: int, year: int) -> YearlyReport:
    """The same for everybody, or `NotFound`."""
    if (found := published(office_id, year)) is None:
        raise NotFound
    return found


def years(office: Office, *, until: int) -> list[int]:
    """The years of which there may be something to report, the latest first."""
    tree = select(Office.id).where(Office.path.startswith(office.path, autoescape=True))
    begun = db.session.scalar(
        select(func.min(ServiceRecord.day)).where(ServiceRecord.office_id.in_(tree))
    )
    first = max(begun.year if begun else until, FIRST_YEAR)
    return list(range(until, min(first, until) - 1, -1))
