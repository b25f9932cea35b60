"""Certificates for many: asked for at once, made piece by piece, one for each whatever happens."""

import io
import subprocess
import zipfile
from datetime import date, timedelta

import make
import pytest
from counting import queries

from talent import clock
from talent.access import Role
from talent.accounts.models import Grant
from talent.certificates.batches import service
from talent.certificates.batches.models import (
    BatchMember,
    BatchPart,
    BatchState,
    CertificateBatch,
    MemberState,
)
from talent.certificates.models import Certificate
from talent.certificates.printing import jobs
from talent.certificates.printing import service as printing
from talent.db import db, writing
from talent.files import StoredFile
from talent.shifts.groups.models import Group, GroupKind, GroupMember

NEW = "/certificates/batches/new"


@pytest.fixture
def many(clock, office):
    """Seven people with hours in 2026, one with hours before, one without any."""
    people = [make.person(f"王{sign}", at=office) for sign in "甲乙丙丁戊己庚"]
    for number, person in enumerate(people, 1):
        make.record(person, office, 10 * number, day=date(2026, 5, number))
    before = make.person("旧人", at=office)
    make.record(before, office, 600, day=date(2025, 5, 1))
    make.person("闲人", at=office)
    return people


@pytest.fixture
def small(monkeypatch):
    """Pieces of three, and PDFs of two parts."""
    monkeypatch.setattr("talent.certificates.batches.service.PIECE", 3)
    monkeypatch.setattr("talent.certificates.printing.service._PARTS", 2)


def asked(browser, status=303, **typed):
    typed = {"language": "zh", "who": "hours", "first": "2026-01-01", **typed}
    return browser.send(NEW, status=status, **typed)


def the_batch():
    db.session.rollback()
    return db.session.query(CertificateBatch).one()


def names():
    query = db.session.query(Certificate).order_by(Certificate.id)
    return [certificate.person.name for certificate in query]


def states():
    db.session.rollback()
    found = db.session.query(BatchMember).order_by(BatchMember.place)
    return [member.state for member in found]


def zip_of(browser, location):
    return zipfile.ZipFile(io.BytesIO(browser.get(f"{location}/zip").data))


def test_everybody_with_hours_in_a_period_is_asked_for_in_one_act(browser, many, coordinator):
    shown = asked(browser.sign_in(coordinator)).location
    assert names() == []
    page = browser.visit(shown)
    assert page.said("h1") == ["Certificates are being made"]
    assert "0 of 7 issued, 0 printed" in page.words
    assert page.all("section", id="progress", hx_target="#main")  # the heading comes anew, too
    assert browser.get(shown).headers["Refresh"] == "2"
    jobs.work(make.NOW)
    page = browser.visit(shown)
    assert page.said("h1") == ["7 certificates issued"]
    assert "Refresh" not in browser.get(shown).headers
    assert sorted(names()) == sorted(person.name for person in many)
    assert "旧人" not in page.text
    assert "闲人" not in page.text


def test_everybody_means_that_those_without_hours_are_named_with_the_reason(
    browser, many, coordinator
):
    shown = asked(browser.sign_in(coordinator), who="everybody").location
    jobs.work(make.NOW)
    left_out = [li for li in browser.visit(shown).said("li") if "no approved record" in li]
    assert [said.split()[0] for said in left_out] == ["旧人", "闲人"]
    assert len(names()) == 7


def test_people_are_chosen_by_their_volunteer_numbers(browser, many, coordinator):
    typed = "\n".join(person.volunteer_no for person in many[2:4])
    asked(browser.sign_in(coordinator), who="numbers", numbers=f" {typed.lower()} \n\n")
    jobs.work(make.NOW)
    assert sorted(names()) == ["王丁", "王丙"]


def test_a_number_of_nobody_whom_the_office_knows_is_said_beside_its_field(
    browser, many, coordinator, other
):
    foreign = make.person("外人", at=other)
    typed = f"{many[0].volunteer_no}\n{foreign.volunteer_no}"
    page = asked(browser.sign_in(coordinator), 422, who="numbers", numbers=typed)
    assert foreign.volunteer_no in page.said("p", class_="error")[0]
    assert "外人" not in page.text
    assert many[0].volunteer_no in page.all("textarea", name="numbers")[0].text


def test_a_class_is_chosen_by_its_group(browser, many, coordinator, office):
    with writing():
        group = Group(office_id=office.id, name="三年二班", kind=GroupKind.CLASS, made_at=make.NOW)
        db.session.add(group)
        group.members = [
            GroupMember(person_id=person.id, agreed_at=make.NOW, added_at=make.NOW)
            for person in many[:2]
        ]
    url = f"{NEW}?group={group.id}"
    page = browser.sign_in(coordinator).visit(url)
    assert "All 2 of them" in page.words
    browser.send(url, language="zh", who="everybody")
    jobs.work(make.NOW)
    assert sorted(names()) == ["王乙", "王甲"]
    assert the_batch().chosen == "三年二班"
    stranger = make.account(Role.COORDINATOR, make.office("远方社区"))
    browser.sign_in(stranger).visit(url, status=404)


def test_a_batch_is_called_by_the_name_of_its_office_in_the_language_of_the_reader(
    browser, many, coordinator, office
):
    browser.sign_in(coordinator)
    address = asked(browser).location
    for url in (address, "/certificates/batches/"):
        assert office.name_en in browser.visit(url).words
    browser.speak("zh")
    for url in (address, "/certificates/batches/"):
        page = browser.visit(url)
        assert office.name_zh in page.words
        assert office.name_en not in page.words


def test_what_somebody_called_a_class_is_spoken_as_chinese(browser, many, coordinator, office):
    group = make.saved(
        Group(office_id=office.id, name="三年二班", kind=GroupKind.CLASS, made_at=make.NOW)
    )
    make.saved(
        GroupMember(group_id=group.id, person_id=many[0].id, agreed_at=make.NOW, added_at=make.NOW)
    )
    browser.sign_in(coordinator)
    address = browser.send(f"{NEW}?group={group.id}", language="zh", who="everybody").location
    for url in (address, "/certificates/batches/"):
        assert "三年二班" in browser.visit(url).said("span", lang="zh-CN")


def test_the_same_form_sent_twice_is_one_batch(browser, many, coordinator):
    page = browser.sign_in(coordinator).visit(NEW)
    once = page.all("input", name="once")[0].get("value")
    first, second = (asked(browser, once=once).location for _ in range(2))
    assert first == second
    jobs.work(make.NOW)
    assert len(names()) == 7
    third = browser.visit(NEW).all("input", name="once")[0].get("value")
    assert third != once
    assert asked(browser, once=third).location != first


def test_a_worker_that_dies_between_any_two_pieces_leaves_one_number_each(
    browser, many, coordinator, small
):
    shown = asked(browser.sign_in(coordinator)).location
    number = the_batch().id
    with writing():
        assert service.claim(make.NOW) == number
    with writing():
        assert service.issue_piece(number, make.NOW)
    with writing():  # the next one dies in the middle: nothing of its piece is there
        assert service.issue_piece(number, make.NOW)
        db.session.rollback()
    assert states() == [MemberState.ISSUED] * 3 + [MemberState.WAITING] * 4
    jobs.work(make.NOW + timedelta(minutes=1))
    assert len(names()) == 3, "the lease of the dead one has not run out"
    jobs.work(make.NOW + timedelta(minutes=3))
    assert states() == [MemberState.PRINTED] * 7
    assert len(names()) == len(set(names())) == 7
    assert len({c.number for c in db.session.query(Certificate)}) == 7
    assert len(zip_of(browser, shown).namelist()) == 7


def test_two_workers_that_both_think_it_is_theirs_print_each_part_once(
    browser, many, coordinator, small
):
    asked(browser.sign_in(coordinator))
    number = the_batch().id
    for _ in range(3):
        with writing():
            service.issue_piece(number, make.NOW)
    both = [printing.next_sheets(number) for _ in range(2)]
    db.session.rollback()
    for part, sheets, pictures in both:
        made = printing.printed(sheets, pictures)
        with writing():
            assert printing.keep(number, part, sheets, made, make.NOW)
    assert db.session.query(BatchPart).count() == 1
    assert db.session.query(StoredFile).count() == 1
    jobs.work(clock.now() + timedelta(minutes=5))
    assert states() == [MemberState.PRINTED] * 7
    assert [part.number for part in db.session.query(BatchPart).order_by(BatchPart.id)] == [1, 2, 3]


def test_a_fault_with_one_person_keeps_nobody_else_from_a_certificate(
    browser, many, coordinator, small
):
    shown = asked(browser.sign_in(coordinator)).location
    with writing():  # a record that says more than the ledger
        record = db.session.merge(many[3]).id
        db.session.execute(
            db.text("UPDATE service_record SET minutes = 999 WHERE person_id = :one"),
            {"one": record},
        )
    jobs.work(make.NOW)
    page = browser.visit(shown)
    assert page.said("h1") == ["6 certificates issued"]
    (said,) = [li for li in page.said("li") if "王丁" in li]
    assert "by a fault of this system" in said


def test_cancelling_keeps_what_is_issued_and_one_may_go_on(browser, many, coordinator, small):
    shown = asked(browser.sign_in(coordinator)).location
    with writing():
        service.issue_piece(the_batch().id, make.NOW)
    browser.send(f"{shown}/cancellation")
    jobs.work(make.NOW)
    page = browser.visit(shown)
    assert "3 of 7 issued, 0 printed" in page.words
    assert browser.get(f"{shown}/zip").status_code == 409
    browser.send(f"{shown}/resumption")
    jobs.work(make.NOW)
    assert len(names()) == 7
    assert len(zip_of(browser, shown).namelist()) == 7


def test_rights_that_were_taken_away_end_what_waits(browser, many, coordinator):
    shown = asked(browser.sign_in(coordinator)).location
    with writing():
        db.session.query(Grant).filter_by(account_id=coordinator.id).one().ended_at = make.NOW
    jobs.work(make.NOW)
    assert names() == []
    assert the_batch().state is BatchState.FAILED
    assert browser.get(shown).status_code == 403


def test_for_the_printer_they_are_joined_in_volumes(browser, many, coordinator, small):
    shown = asked(browser.sign_in(coordinator)).location
    jobs.work(make.NOW)
    page = browser.visit(shown)
    volumes = [a.get("href") for a in page.all("a") if "/pdf?volume=" in a.get("href")]
    pages = []
    for url in volumes:
        pdf = browser.get(url).data
        told = subprocess.run(["pdftotext", "-", "-"], input=pdf, capture_output=True, check=True)
        pages.append(told.stdout.decode().count("志愿服务记录证明"))
    assert pages == [6, 1]
    assert "signatures hold only in the single files" in page.words
    browser.visit(f"{shown}/pdf?volume=3", status=404)


def test_printed_files_are_forgotten_and_made_anew_byte_for_byte(browser, many, coordinator):
    shown = asked(browser.sign_in(coordinator)).location
    jobs.work(make.NOW)
    once = browser.get(f"{shown}/zip").data
    later = make.NOW + timedelta(days=31)
    with writing():
        assert printing.forget(make.NOW + timedelta(days=29)) == 0
        assert printing.forget(later) == 1
    assert db.session.query(StoredFile).count() == 0
    page = browser.visit(f"{shown}/zip", status=409)
    assert "They can be made anew." in page.words
    browser.send(f"{shown}/resumption")
    jobs.work(later)
    assert browser.get(f"{shown}/zip").data == once
    assert len(names()) == 7


def test_names_that_no_file_may_have_come_into_the_zip_all_the_same(
    browser, office, coordinator, clock
):
    person = make.person("阿/依\\努:尔*·买", at=office)
    make.record(person, office, 60, day=date(2026, 5, 1))
    shown = asked(browser.sign_in(coordinator)).location
    jobs.work(make.NOW)
    (name,) = zip_of(browser, shown).namelist()
    number = db.session.query(Certificate.number).scalar()
    assert name == f"阿_依_努_尔_·买_{number}.pdf"


def test_a_page_of_a_large_batch_costs_as_many_queries_as_one_of_a_small_one(
    browser, many, coordinator, office
):
    browser.sign_in(coordinator)
    name = office.name_en
    shown = [
        browser.send(NEW, language="zh", people=[p.id for p in people]).location
        for people in (many[:1], many)
    ]
    jobs.work(make.NOW)
    counts = []
    for url in shown:
        browser.visit(url)
        with queries() as made:
            browser.visit(url)
        counts.append(len(made))
    assert counts[0] == counts[1]
    with queries() as listed:
        browser.visit("/certificates/batches/")
    asked(browser)
    with queries() as more:
        assert browser.visit("/certificates/batches/").words.count(name) == 3
    assert len(listed) == len(more)
