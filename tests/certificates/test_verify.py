"""Anybody verifies a number, and learns no more than he may."""

import subprocess
from datetime import date

import make
import pytest
from counting import queries

from talent.certificates.models import Certificate
from talent.certificates.number import new
from talent.db import db, writing


@pytest.fixture
def certificate(browser, account, records):
    browser.sign_in(account).send(
        "/certificates/", language="both", document="y", volunteer_no="y", last="2026-05-31"
    )
    with browser.session_transaction() as session:
        session.clear()
    return db.session.query(Certificate).one()


def test_the_page_shows_what_the_law_allows_and_nothing_else(browser, certificate, account):
    page = browser.visit(f"/verify/{certificate.number}")
    shown = dict(zip(page.said("dt"), page.said("dd"), strict=True))
    assert shown == {
        "Number": certificate.number,
        "Name": "王*",
        "Total": "3 h 31 min",
        "System-verified": "3 h 31 min",
        "Entered by hand": "0 h",
        "Period": "1 Mar 2026 – 31 May 2026",
        "Issued by": "Chunfeng Residents' Committee, Xinghe Station",
        "State": "Valid",
    }
    person = account.person
    for secret in ("王秀兰", "110105", person.volunteer_no, person.email, "周末菜园", "李主任"):
        assert secret not in page.text


def test_a_typed_number_leads_to_its_page(browser, certificate):
    browser.visit("/verify")
    typed = certificate.number.lower().replace("-", " ")
    answer = browser.visit(f"/verify?number={typed}", status=303)
    assert "This certificate is valid" in browser.visit(answer.location).words


@pytest.mark.parametrize("number", ["ZM2026-0000-0000-00000", "x", "王秀兰", "%25", "1' OR '1'='1"])
def test_a_false_number_is_a_clean_no(browser, certificate, number):
    page = browser.visit(f"/verify/{number}", status=404)
    assert page.said("h1") == ["No certificate has this number"]
    assert "Compare the number with the paper" in page.words


def test_a_well_formed_number_that_nobody_issued_is_the_same_no(browser, certificate):
    unknown = new(2026)
    said = browser.visit(f"/verify/{unknown}", status=404).text
    false = browser.visit("/verify/ZM2026-0000-0000-00000", status=404).text
    assert said.replace(unknown, "#").count("#") == false.replace(
        "ZM2026-0000-0000-00000", "#"
    ).count("#")
    assert "王" not in said


def test_the_code_on_the_paper_leads_to_the_page(browser, certificate, account, tmp_path):
    browser.sign_in(account)
    pdf = browser.get(f"/certificates/{certificate.id}/pdf").data
    (tmp_path / "it.pdf").write_bytes(pdf)
    subprocess.run(
        ["pdftoppm", "-r", "150", "-png", tmp_path / "it.pdf", tmp_path / "page"], check=True
    )
    pictures = sorted(tmp_path.glob("page*.png"))
    told = subprocess.run(
        ["zbarimg", "-q", "--raw", pictures[-1]], capture_output=True, check=True, text=True
    )
    address = told.stdout.strip()
    public = browser.application.config["PUBLIC_URL"]
    assert address.startswith(f"{public}/verify/c/")
    page = browser.visit(address.removeprefix(public))
    assert certificate.number in page.said("dd")
    assert "The code was signed by the issuer and says the same." in page.words


def test_an_office_with_an_english_name_missing_falls_back_to_the_chinese(browser, clock):
    office = make.office("明月社区", name_en=None)
    account = make.volunteer(office)
    make.record(account.person, office, 60, day=date(2026, 5, 1))
    browser.sign_in(account).send("/certificates/", language="en")
    number = db.session.query(Certificate).one().number
    assert "明月社区" in browser.visit(f"/verify/{number}").said("dd")


def test_a_stranger_learns_day_and_kind_of_a_revocation_but_not_the_words(browser, certificate):
    with writing():
        row = db.session.merge(certificate)
        row.revoked_at = make.NOW
        row.revoked_kind = "false_record"
        row.revoked_why = "李四举报"
    page = browser.visit(f"/verify/{certificate.number}")
    assert "It was revoked on 1 Jun 2026. A record in it was not true" in page.words
    assert "李四举报" not in page.text


def test_a_long_certificate_costs_as_many_queries_as_a_short_one(browser, certificate, account):
    shorter = certificate.number
    browser.visit(f"/verify/{shorter}")
    with queries() as short:
        browser.visit(f"/verify/{shorter}")
    for day in range(1, 6):
        make.record(
            account.person, account.person.registrations[0].office, 30, day=date(2026, 1, day)
        )
    browser.sign_in(account).send("/certificates/", language="zh")
    with browser.session_transaction() as session:
        session.clear()
    longer = db.session.query(Certificate).order_by(Certificate.id.desc()).first().number
    with queries() as long:
        browser.visit(f"/verify/{longer}")
    assert len(long) == len(short)
