"""Whatever happens, in whatever order: every total is the sum of its entries."""

import pytest
import sound
from history import ACTS, lived
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from talent.certificates.models import Certificate, CertificateLine
from talent.db import db, writing
from talent.hours import ledger
from talent.i18n import hours

QUICK = settings(
    max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)


@QUICK
@given(acts=st.lists(ACTS, min_size=2, max_size=9))
def test_in_any_history_entries_tallies_records_and_certificates_say_the_same(app, acts):
    lived(acts)


def test_what_is_certified_between_two_entries_of_one_moment_stood_then(app):
    lived([("enter", 0, 0, 100, 410), ("correct", 0, 60), ("certify", 0, None), ("correct", 0, 25)])
    assert db.session.query(CertificateLine.minutes).all() == [(60,)]
    assert sound.faults() == []
    with writing():
        db.session.query(CertificateLine).one().minutes = 61
        db.session.query(Certificate).one().total_minutes = 61
    assert [said for said in sound.faults() if "stood in the ledger" in said]


@pytest.mark.usefixtures("clock")
@settings(QUICK, max_examples=2)
@given(acts=st.lists(ACTS, min_size=4, max_size=8))
def test_in_any_history_the_pages_show_what_the_ledger_sums(app, browser, acts):
    world = lived(acts)
    for person, account in zip(world.people, world.accounts, strict=True):
        browser.sign_in(account)
        browser.speak("zh")
        total = ledger.whole(person_id=person.id)
        page = browser.visit("/hours/")
        assert hours(total.minutes) in page.text
