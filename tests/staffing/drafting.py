"""Drafts as the tests make and read them."""

from __future__ import annotations

from sqlalchemy import select

from talent.db import db
from talent.messages.models import Message
from talent.staffing.models import OFFICIAL, Appointment, Population, Standard
from talent.staffing.plans.models import PlannedPost

EN = {"Accept-Language": "en"}


def drafted(browser, office, **more):
    told = {"office": office.id, "name": "调整方案", "measure": OFFICIAL, **more}
    link = browser.send("/staffing/drafts/new", **told).location
    return int(link.rsplit("/", 1)[1])


def changed(browser, key, kind, status=303, at="", **told):
    url = f"/staffing/drafts/{key}/changes/{kind}{f'?from={at}' if at else ''}"
    return browser.send(url, status=status, **{"starts_on": "2026-06-01", **told})


def post_at(office):
    query = select(Appointment).where(Appointment.office_id == office.id)
    return db.session.scalars(query.order_by(Appointment.id)).first()


def beside(page, office):
    """Before and after of an office: today, in a year, in two."""
    (first,) = page.all("tr", id=f"office-{office.id}")
    rows = list(page.all("tbody")[0].iter("tr"))
    at = rows.index(first)
    return [
        [" ".join("".join(cell.itertext()).split()) for cell in row.iter("td")][1:]
        for row in rows[at : at + 3]
    ]


def look(browser, key):
    return browser.visit(f"/staffing/drafts/{key}", headers=EN)


def real():
    """All that a draft must not touch."""
    tables = (Appointment, Population, Standard, PlannedPost)
    return [
        db.session.execute(select(table.__table__).order_by(table.id)).all() for table in tables
    ]


def shared(browser, place, own):
    key = drafted(browser.sign_in(own), place.street)
    changed(browser, key, "standard", target="20")
    browser.send(f"/staffing/drafts/{key}/sharing", words="请审阅")
    return key


def told(kind):
    found = db.session.query(Message).filter_by(kind=kind).order_by(Message.id)
    return [(message.account_id, message.facts["event"]) for message in found]


def planned(browser, place, own, manager):
    key = drafted(browser.sign_in(own), place.street)
    told = {"office": place.two.id, "appointment_kind": "full_time", "number": 2, "share": "1"}
    changed(browser, key, "add", starts_on="2026-09-01", **told)
    changed(browser, key, "end", at=place.one.id, appointment=post_at(place.one).id)
    browser.send(f"/staffing/drafts/{key}/sharing")
    browser.send(f"/staffing/drafts/{key}/plan", status=409)
    browser.sign_in(manager).send(f"/staffing/drafts/{key}/answer", answer="agree")
    link = browser.sign_in(own).send(f"/staffing/drafts/{key}/plan").location
    return key, link
