"""Somebody at the desk: places today, taps of devices, a paired tablet."""

from __future__ import annotations

import uuid

import make
import plan
from pages import Page

from talent.access import Role
from talent.db import db
from talent.shifts.models import Attendance

NAMES = ("王秀兰", "欧阳娜娜", "吕布")


def shift(office, **more):
    """Ten to one in Shanghai; the clock stands at nine."""
    return plan.shift(plan.project(office), starts=1, **more)


def places(shift, office, names=NAMES):
    return [plan.place(shift, make.person(name, at=office)) for name in names]


def rotating(office):
    return make.let(office, since=make.TODAY, scan_code="rotating")


def milliseconds(moment):
    return round(moment.timestamp() * 1000)


class Device:
    """A phone or tablet that keeps taps; its clock may be wrong by so much."""

    def __init__(self, browser, *, name=None, wrong=None, address="/checkin/queue"):
        self.browser, self.address = browser, address
        self.name = name or str(uuid.uuid4())
        self.wrong = wrong or make.hours_later(0) - make.NOW
        self.number = 0

    def tap(self, signup, act, at, **more):
        """What it keeps of a tap at this moment."""
        self.number += 1
        given = {
            "id": str(uuid.uuid4()), "n": self.number, "signup": getattr(signup, "id", signup),
            "act": act, "at": milliseconds(at + self.wrong),
        }  # fmt: skip
        return given | more

    def bring(self, taps, now, status=200):
        body = {"device": self.name, "now": milliseconds(now + self.wrong), "taps": list(taps)}
        return self.post(body, status)

    def post(self, body, status=200):
        answer = self.browser.post(self.address, json=body)
        assert answer.status_code == status, answer.get_data(as_text=True)[-2000:]
        return answer.get_json() if status == 200 else answer


def times(signup):
    """When the person came and went, as it stands now."""
    db.session.rollback()
    row = db.session.query(Attendance).filter_by(signup_id=signup.id).one_or_none()
    return (row.in_at, row.out_at) if row else None


def pair(app, browser, office, *, name="食堂门口"):
    """A kiosk of the office, and the tablet that has become it."""
    browser.sign_in(make.account(Role.COORDINATOR, office))
    page = browser.send(f"/checkin/offices/{office.id}/kiosks", name=name)
    code = browser.visit(page.location).said("strong")[-1]
    tablet = app.test_client().speak("en")
    Page(tablet.post("/checkin/pair", data={"code": code}))
    return tablet, int(page.location.rpartition("/")[2])
