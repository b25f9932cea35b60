"""A place is taken and somebody checks in with nothing but the database."""

from __future__ import annotations

import tempfile
from datetime import timedelta

import desk
import make
import plan
import pytest

from talent.certificates import pdf
from talent.db import db
from talent.files import StoredFile
from talent.messages import jobs as messages
from talent.messages.models import JobRun
from talent.shifts.models import Signup

HOUR = timedelta(hours=1)


@pytest.fixture
def broken(app, tmp_path, monkeypatch):
    """No mail server, no printer of papers, no room for temporary files, and no timed work."""
    for name, value in (("MAIL_SERVER", "127.0.0.1"), ("MAIL_PORT", 1), ("MAIL_TIMEOUT", 1)):
        monkeypatch.setitem(app.config, name, value)
    monkeypatch.setattr(pdf, "typst", None)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "away"))


def test_signing_up_and_checking_in_ask_nobody_but_the_database(browser, clock, broken):
    office = make.office()
    shift = desk.shift(office)
    wang = make.volunteer(office)
    record = make.record(wang.person, office, 60)
    browser.sign_in(wang)
    browser.send(plan.signup_url(shift))
    assert "ERROR" not in messages.deliver(make.NOW)
    clock.move_to(make.NOW + HOUR)
    scan = f"/shifts/scan/{shift.scan_token}"
    browser.send(scan, act="in")
    clock.move_to(make.NOW + 3 * HOUR)
    browser.send(scan, act="out")
    place = db.session.query(Signup).one()
    assert desk.times(place) == (make.NOW + HOUR, make.NOW + 3 * HOUR)
    for page in ("/", "/shifts/", "/shifts/mine", "/certificates/"):
        assert browser.visit(page).status == 200
    assert db.session.query(JobRun).count() == 0
    assert record.id
    assert db.session.query(StoredFile).count() == 0
