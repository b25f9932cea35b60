"""Social workers: certificate, term of three years, continuing education."""

from datetime import date

import make
import making
from counting import queries

from talent.db import db
from talent.training.models import SocialWorkRegistration

TERM = {"grade": "assistant", "number": "DJ-7", "starts_on": "2023-07-10", "degree_on": ""}


def test_the_example_of_the_rules_stands_on_the_page(browser, cast):
    making.credential(cast.person, code="assistant_social_worker", issued_on=date(2022, 10, 1))
    making.learned(
        cast.person, cast.office, held_on=date(2024, 3, 1), minutes=3600, continuing_education=True
    )
    making.learned(cast.person, cast.office, held_on=date(2024, 3, 2), minutes=600)
    browser.sign_in(cast.coordinator)
    browser.send(f"/training/people/{cast.person.id}/registrations/new", **TERM)
    page = browser.visit("/training/social-workers")
    (row,) = [" ".join("".join(r.itertext()).split()) for r in page.all("tr")[1:]]
    assert "Assistant social worker" in row
    assert "10 Jul 2023 – 9 Jul 2026" in row
    assert "60 h of 72 h" in row
    assert "12 h from 9 Apr 2026" in row
    assert "Re-registration due" in row
    shown = browser.visit(f"/training/people/{cast.person.id}").words
    assert "12 h 0 min of continuing education are missing until Thu 9 Jul 2026." in shown


def test_a_certificate_without_registration_is_listed_as_such(browser, cast):
    making.credential(cast.person, code="social_worker")
    making.credential(make.person("李急救", at=cast.office))
    browser.sign_in(cast.coordinator)
    page = browser.visit("/training/social-workers")
    assert "Not registered" in page.words
    assert "李急救" not in page.words
    browser.sign_in(cast.stranger)
    assert "王秀兰" not in browser.visit("/training/social-workers").words


def test_terms_do_not_overlap(browser, cast):
    browser.sign_in(cast.coordinator)
    url = f"/training/people/{cast.person.id}/registrations/new"
    browser.send(url, **TERM)
    page = browser.send(url, 422, **(TERM | {"starts_on": "2026-07-09"}))
    assert "from Mon 10 Jul 2023 to Thu 9 Jul 2026 already" in page.words
    browser.send(url, **(TERM | {"starts_on": "2026-07-10"}))
    assert db.session.query(SocialWorkRegistration).count() == 2


def test_another_office_registers_nobody_here(browser, cast):
    browser.sign_in(cast.stranger)
    browser.send(f"/training/people/{cast.person.id}/registrations/new", 404, **TERM)
    assert db.session.query(SocialWorkRegistration).count() == 0


def test_the_list_asks_the_same_number_of_questions(browser, cast):
    browser.sign_in(cast.coordinator)
    counted = []
    for new in (1, 2):
        for _ in range(new):
            person = make.person(at=cast.office)
            making.credential(person, code="social_worker")
            browser.send(f"/training/people/{person.id}/registrations/new", **TERM)
            making.learned(person, cast.office, continuing_education=True)
        browser.visit("/training/social-workers")
        with queries() as sent:
            browser.visit("/training/social-workers")
        counted.append(len(sent))
    assert counted[0] == counted[1]
