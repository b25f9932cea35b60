"""Social workers: certificate, term of three years, continuing education."""

from datetime import date

import make
import making
from counting import queries

from talent.access import SYSTEM, Role
from talent.db import db, writing
from talent.messages.models import Message, MessageKind
from talent.rules.social_workers import Grade
from talent.training.models import SocialWorkRegistration
from talent.training.service import PAGE
from talent.training.social_work import service

TERM = {"grade": "assistant", "number": "DJ-7", "starts_on": "2023-07-10", "degree_on": ""}


def verified(browser, account, status=303):
    number = db.session.query(SocialWorkRegistration).one().id
    browser.sign_in(account)
    return browser.send(f"/training/registrations/{number}/verification", status)


def test_the_example_of_the_rules_stands_on_the_page(browser, cast):
    making.credential(cast.person, code="assistant_social_worker", issued_on=date(2022, 10, 1))
    making.learned(
        cast.person, cast.office, held_on=date(2024, 3, 1), minutes=3600, continuing_education=True
    )
    making.learned(cast.person, cast.office, held_on=date(2024, 3, 2), minutes=600)
    browser.sign_in(cast.coordinator)
    browser.send(f"/training/people/{cast.person.id}/registrations/new", **TERM)
    waits = browser.visit("/training/social-workers")
    assert "Not registered" in waits.words
    assert "You entered it yourself." in waits.words
    verified(browser, make.account(Role.COORDINATOR, cast.office))
    page = browser.visit("/training/social-workers")
    assert "Registrations to be verified" not in page.words
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


def test_neither_who_entered_a_registration_nor_another_office_verifies_it(browser, cast):
    browser.sign_in(cast.coordinator)
    browser.send(f"/training/people/{cast.person.id}/registrations/new", **TERM)
    assert "Verify the registration" in browser.visit(f"/training/people/{cast.person.id}").words
    verified(browser, cast.coordinator, 409)
    verified(browser, cast.stranger, 404)
    assert db.session.query(SocialWorkRegistration).one().verified_at is None
    second = make.account(Role.COORDINATOR, cast.office)
    verified(browser, second)
    row = db.session.query(SocialWorkRegistration).one()
    assert (row.account_id, row.verified_by) == (cast.coordinator.id, second.id)
    verified(browser, second, 409)


def test_what_nobody_verified_opens_no_term(app, cast):
    with writing():
        registration = service.register(
            cast.person, grade=Grade.ASSISTANT, starts_on=date(2023, 10, 1), number=None,
            degree_on=None, actor=cast.coordinator.actor, now=make.NOW,
        )  # fmt: skip
    assert service.terms_on([cast.person.id], make.TODAY) == {}
    with writing():
        service.verify(registration, actor=SYSTEM, now=make.NOW)
    assert list(service.terms_on([cast.person.id], make.TODAY)) == [cast.person.id]


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


def test_a_degree_counts_in_the_term_in_which_it_falls_for_reminders_as_on_the_page(cast):
    terms = {"grade": Grade.ASSISTANT, "number": None, "actor": SYSTEM, "now": make.NOW}
    with writing():
        for starts, degree in ((date(2023, 5, 10), date(2026, 6, 1)), (date(2026, 5, 10), None)):
            row = service.register(cast.person, starts_on=starts, degree_on=degree, **terms)
            row.verified_at = make.NOW
    rows = {row.starts_on: row for row in service.registrations_of(cast.person.id)}
    (shown,) = service.standings([cast.person], today=date(2026, 6, 1))
    row = rows[date(2026, 5, 10)]
    assert (shown.gap, service.missing_minutes([row], service.held_to())[row.id]) == (0, 0)


def test_a_wrong_registration_is_refused_with_a_reason_and_written_down_anew(browser, cast):
    browser.sign_in(cast.coordinator)
    url = f"/training/people/{cast.person.id}/registrations/new"
    browser.send(url, **TERM)
    number = db.session.query(SocialWorkRegistration).one().id
    refusal = f"/training/registrations/{number}/refusal"
    browser.send(refusal, 409, why="我自己录入的")
    browser.sign_in(cast.stranger).send(refusal, 404, why="不相干")
    browser.sign_in(make.account(Role.COORDINATOR, cast.office))
    queue = browser.visit("/training/verification?what=registrations")
    assert "王秀兰" in queue.words
    assert refusal in queue.text
    assert "Please fill in this field." in browser.send(refusal, 422, why=" ").words
    browser.send(refusal, why="登记号与证书不符")
    assert "Nothing waits" in browser.visit("/training/verification?what=registrations").words
    verified(browser, make.account(Role.COORDINATOR, cast.office), 409)
    assert "登记号与证书不符" in browser.visit(f"/training/people/{cast.person.id}").words
    assert service.terms_on([cast.person.id], make.TODAY) == {}
    told = db.session.query(Message).filter_by(kind=MessageKind.PAPER_REFUSED).one()
    assert told.facts["why"] == "登记号与证书不符"
    browser.send(url, **TERM)
    assert db.session.query(SocialWorkRegistration).count() == 2


def test_the_queue_of_registrations_goes_on_from_page_to_page(browser, cast):
    people = [make.person(at=cast.office) for _ in range(PAGE + 1)]
    with writing():
        for person in people:
            service.register(
                person, grade=Grade.ASSISTANT, starts_on=date(2023, 10, 1), number=None,
                degree_on=None, actor=cast.coordinator.actor, now=make.NOW,
            )  # fmt: skip
    browser.sign_in(make.account(Role.COORDINATOR, cast.office))
    page = browser.visit("/training/verification?what=registrations")
    links = [each.get("href") for each in page.all("a")]
    (on,) = [each for each in links if each and "after=" in each]
    assert "what=registrations" in on
    assert people[-1].name in browser.visit(on).words
