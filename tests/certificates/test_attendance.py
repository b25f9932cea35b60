"""A certificate of attendance has the same number, code, register, check and end as the other."""

import io
import zipfile
from datetime import date

import make
import making
import pikepdf
import pytest
from counting import queries

from talent.access import SYSTEM, Role
from talent.certificates import paper
from talent.certificates.attendance import service
from talent.certificates.checking import service as checking
from talent.certificates.issuing.service import Circumstances
from talent.certificates.models import Certificate, CertificateKind, CertificateLanguage
from talent.certificates.payload import service as payload
from talent.certificates.register import service as register
from talent.certificates.register.service import Sought
from talent.db import db, one, writing
from talent.errors import NotFound, Refused
from talent.rules.training import Source
from talent.training.attendance import service as attendance
from talent.training.models import Session, TrainingRecord
from talent.training.records import service as records


@pytest.fixture
def course(office):
    return making.course(
        office, "心肺复苏与急救", name_en="Resuscitation", minutes=180, valid_months=24,
        outcome="能对成人做心肺复苏",
    )  # fmt: skip


@pytest.fixture
def record(account, course, office, clock):
    session = making.session(course, office, begins=-26)
    seat = making.seat(session, account.person, now=make.hours_later(-30))
    with writing():
        attendance.mark(seat, attended=True, actor=SYSTEM, now=make.hours_later(-20))
    return db.session.query(TrainingRecord).one()


def issue(record, actor, language="both", now=make.NOW):
    by = Circumstances(actor, now, now.date(), "https://example.org/verify")
    with writing():
        found = service.attended(actor, record.id)
        return service.issue(found, CertificateLanguage(language), by)


@pytest.fixture
def certificate(account, record):
    return issue(record, account.actor)


def test_a_volunteer_issues_his_own_at_once(browser, account, record):
    browser.sign_in(account)
    assert f"/certificates/training/{record.id}" in browser.visit("/training/mine").text
    page = browser.visit(f"/certificates/training/{record.id}")
    assert "It certifies training, which is never service." in page.words
    made = browser.send(f"/certificates/training/{record.id}", language="zh", volunteer_no="y")
    shown = browser.visit(made.location)
    assert shown.said("h1") == ["Certificate of attendance"]
    assert "心肺复苏与急救" in shown.words
    assert "As an Open Badge" not in shown.words
    again = browser.send(f"/certificates/training/{record.id}", language="zh")
    assert again.location == made.location
    assert browser.get(f"{made.location}/pdf").data.startswith(b"%PDF-")


@pytest.mark.parametrize("language", ["zh", "en", "both"])
def test_it_is_one_page_with_its_words_and_is_signed(account, record, language):
    made = issue(record, account.actor, language)
    pdf = paper.printed(made.content)
    with pikepdf.open(io.BytesIO(pdf)) as file:
        assert len(file.pages) == 1
    assert checking.by_file(pdf).verdict is checking.Verdict.VALID
    assert paper.printed(made.content) == pdf


def test_whatever_was_written_stays_on_one_page(account, course, record):
    with writing():
        record = one(TrainingRecord, record.id)
        record.content, record.name = "胸外按压、止血包扎。" * 200, "心肺复苏与急救" * 14
        record.course.outcome = "能对成人做心肺复苏。" * 100
        record.course.name_en = "Resuscitation and first aid " * 5
    pdf = paper.printed(issue(record, account.actor).content)
    with pikepdf.open(io.BytesIO(pdf)) as file:
        assert len(file.pages) == 1


def test_the_public_check_answers_that_it_is_training(browser, certificate, account):
    page = browser.visit(f"/verify/{certificate.number}")
    assert page.said("h1") == ["Certificate of attendance"]
    shown = dict(zip(page.said("dt"), page.said("dd"), strict=True))
    assert shown == {
        "Kind": "Training, which is not service",
        "Number": certificate.number,
        "Name": "王*",
        "Name of the training": "心肺复苏与急救",
        "Learning time": "3 h",
        "Date": "31 May 2026",
        "Valid until": "31 May 2028",
        "Issued by": "Chunfeng Residents' Committee",
        "State": "Valid",
    }
    assert account.person.name not in page.text


def test_the_code_says_by_itself_that_it_is_training(certificate):
    address = payload.address(certificate.content)
    said, _ = payload.read(address.rpartition("/")[2])
    assert said.training
    assert (said.number, said.minutes, said.verified) == (certificate.number, 180, 180)
    answer = checking.by_code(address.rpartition("/")[2])
    assert answer.certificate.kind is CertificateKind.TRAINING


def test_what_was_keyed_in_from_paper_is_not_system_verified(account, course, office, clock):
    session = making.session(course, office, begins=-26)
    seat = making.seat(session, account.person, now=make.hours_later(-30))
    part = making.parts(session)[0]
    with writing():
        attendance.keep_list(
            session, {(seat.id, part.id)}, source=Source.PAPER, actor=SYSTEM,
            now=make.hours_later(-20),
        )  # fmt: skip
    made = issue(db.session.query(TrainingRecord).one(), account.actor)
    assert made.content["verified_minutes"] == 0
    assert made.content["groups"][0]["lines"][0]["source"] == "sheet"


def test_a_withdrawn_record_supersedes_it_and_a_revoked_one_says_so(browser, certificate, manager):
    assert checking.by_number(certificate.number).verdict is checking.Verdict.VALID
    with writing():
        records.withdraw(
            db.session.query(TrainingRecord).one(), why="误登", actor=SYSTEM, now=make.NOW
        )
    assert checking.by_number(certificate.number).verdict is checking.Verdict.SUPERSEDED
    found = register.listed(SYSTEM, Sought(status=checking.CertificateStatus.SUPERSEDED))
    assert [entry.certificate_id for entry in found] == [certificate.id]
    browser.sign_in(manager)
    browser.send(f"/certificates/{certificate.id}/revocation", kind="error", why="误登")
    assert checking.by_number(certificate.number).verdict is checking.Verdict.REVOKED


def test_other_minutes_supersede_it_and_the_new_one_takes_its_place(account, record, certificate):
    with writing():
        one(TrainingRecord, record.id).minutes = 90
    assert checking.by_number(certificate.number).verdict is checking.Verdict.SUPERSEDED
    newer = issue(one(TrainingRecord, record.id), account.actor)
    assert newer.id != certificate.id
    answer = checking.by_number(certificate.number)
    assert answer.newer.number == newer.number


def test_it_stands_in_the_register_and_its_minutes_are_not_service(
    browser, certificate, account, records, coordinator
):
    browser.sign_in(account).send("/certificates/", language="zh", last="2026-05-31")
    browser.sign_in(coordinator)
    page = browser.visit("/certificates/register")
    assert "2 entries · 2 h 30 min" in page.words
    only = browser.visit("/certificates/register?kind=training")
    assert "1 entry · 0 h" in only.words
    assert certificate.number in only.words
    assert "1 entry · 2 h 30 min" in browser.visit("/certificates/register?kind=service").words


def test_an_office_certifies_what_it_held_and_others_do_not(account, record, office, other):
    own = make.account(Role.COORDINATOR, office, name="王芳").actor
    made = issue(record, own)
    assert made.content["handler"] == "王芳"
    stranger = make.account(Role.COORDINATOR, other).actor
    with pytest.raises(NotFound):
        service.attended(stranger, record.id)
    neighbour = make.volunteer(office)
    with pytest.raises(NotFound):
        service.attended(neighbour.actor, record.id)


def test_what_others_held_they_certify(browser, account, office):
    elsewhere = making.learned(account.person, office, held_on=date(2026, 5, 1))
    browser.sign_in(account)
    page = browser.visit(f"/certificates/training/{elsewhere.id}")
    assert "whoever held it certifies it" in page.words
    with pytest.raises(Refused):
        issue(elsewhere, account.actor)
    assert db.session.query(Certificate).count() == 0


def test_a_name_that_no_font_has_is_refused_in_words(account, course, record):
    with writing():
        course = one(TrainingRecord, record.id).course
        course.outcome = "会用 \U0001f691"
    with pytest.raises(Refused):
        issue(record, account.actor)


def test_the_list_of_ones_own_asks_the_same_number_of_questions(browser, account, course, office):
    browser.sign_in(account)
    counts = []
    for days in (1, 2, 3):
        session = making.session(course, office, begins=-26 - 24 * days)
        seat = making.seat(session, account.person, now=make.hours_later(-30 - 24 * days))
        with writing():
            attendance.mark(seat, attended=True, actor=SYSTEM, now=make.hours_later(-20))
        record = db.session.query(TrainingRecord).order_by(TrainingRecord.id.desc()).first()
        issue(record, account.actor)
        with queries() as asked:
            browser.visit("/certificates/")
        counts.append(len(asked))
    assert counts[0] == counts[1] == counts[2]


def test_an_office_issues_to_everybody_of_a_session_in_one_act_and_again_changes_nothing(
    browser, account, record, office, clock
):
    session = db.session.query(Session).one()
    second = make.person("李四", at=office)
    seat = making.seat(session, second, now=make.hours_later(-30))
    absent = making.seat(session, make.person("王五", at=office), now=make.hours_later(-30))
    with writing():
        attendance.mark(seat, attended=True, actor=SYSTEM, now=make.hours_later(-20))
        attendance.mark(absent, attended=False, actor=SYSTEM, now=make.hours_later(-20))
    own = issue(record, account.actor, "zh")
    url = f"/certificates/training/sessions/{session.id}"
    browser.sign_in(make.account(Role.COORDINATOR, office))
    assert browser.visit(f"/training/sessions/{session.id}").all("a", href=url)
    page = browser.visit(url)
    assert "None is issued yet" in page.words
    assert "王五" not in page.words
    for _ in range(2):
        browser.send(url, language="zh")
        made = db.session.query(Certificate).order_by(Certificate.id).all()
        assert [one.person_id for one in made] == [account.person_id, second.id]
    assert made[0].id == own.id
    page = browser.visit(url)
    for certificate in made:
        assert page.all("a", href=f"/certificates/{certificate.id}")
    assert page.all("a", href=f"{url}/zip")
    with zipfile.ZipFile(io.BytesIO(browser.get(f"{url}/zip").data)) as file:
        found = [checking.by_file(file.read(name)).certificate.number for name in file.namelist()]
        assert all(name.endswith(".pdf") for name in file.namelist())
    assert sorted(found) == sorted(certificate.number for certificate in made)


def test_another_office_sees_no_certificates_of_the_session(browser, record, clock):
    session = db.session.query(Session).one()
    browser.sign_in(make.account(Role.COORDINATOR, make.office("别处")))
    browser.visit(f"/certificates/training/sessions/{session.id}", status=404)
    browser.visit(f"/certificates/training/sessions/{session.id}/zip", status=404)
    browser.sign_in(make.account(Role.COORDINATOR, session.office))
    browser.visit(f"/certificates/training/sessions/{session.id}/zip", status=404)  # none yet
