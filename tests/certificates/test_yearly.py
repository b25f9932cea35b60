"""The yearly report of Art. 18: counted from the ledger, published once, frozen."""

import io
import re
import subprocess
from datetime import UTC, date, datetime

import make
import pytest
from python_calamine import CalamineWorkbook

from talent.access import Role
from talent.certificates.models import Certificate
from talent.db import db, writing
from talent.hours import ledger
from talent.hours.models import EntryKind, Origin
from talent.reports.yearly.models import YearlyReport


@pytest.fixture
def year(clock, office, other, account):
    """2025: three records at the office, one of them late and one by hand; one at the other."""
    person, second = account.person, make.person("张三", at=office)
    made = {"made_at": datetime(2025, 3, 3, tzinfo=UTC), "due_on": date(2025, 3, 14)}
    late = {"made_at": datetime(2025, 3, 14, 17, tzinfo=UTC), "due_on": date(2025, 3, 14)}
    kept = [
        make.record(person, office, 60, day=date(2025, 1, 1), **made),
        make.record(person, office, 50, day=date(2025, 12, 31), **late),
        make.record(second, office, 45, day=date(2025, 3, 1), origin=Origin.HAND, **made),
        make.record(second, other, 30, day=date(2025, 3, 2), **made),
    ]
    make.record(person, office, 500, day=date(2024, 12, 31), **made)
    make.record(person, office, 500, day=date(2026, 1, 1), **made)
    return kept


@pytest.fixture
def director(street):
    return make.account(Role.MANAGER, street)


def figures(page):
    """What the page says, by label."""
    return dict(
        zip(
            page.said("span", class_="label"),
            page.said("span", class_="value"),
            strict=True,
        )
    )


def test_it_counts_the_year_of_the_office_and_of_all_below_it(
    browser, year, office, manager, director
):
    own = figures(browser.sign_in(manager).visit(f"/yearly?office={office.id}&year=2025"))
    assert own["Records of service"] == "3"
    assert own["Service time"] == "2 h 35 min"
    assert own["System-verified"] == "1 h 50 min"
    assert own["Entered by hand"] == "45 min"
    assert own["Volunteers who served"] == "2"
    assert own["Recorded late"] == "1"
    whole = figures(browser.sign_in(director).visit("/yearly?year=2025"))
    assert whole["Records of service"] == "4"
    assert whole["Service time"] == "3 h 05 min"
    assert ledger.total(first=date(2025, 1, 1), last=date(2025, 12, 31)) == 185


def test_certificates_are_counted_in_the_year_in_which_they_were_issued_and_revoked(
    browser, year, account, manager, director
):
    browser.sign_in(account).send("/certificates/", language="zh")
    browser.send("/certificates/", language="zh")
    one = db.session.query(Certificate).order_by(Certificate.id).first()
    browser.sign_in(manager).send(f"/certificates/{one.id}/revocation", kind="error", why="重复")
    for who in (manager, director):
        told = figures(browser.sign_in(who).visit("/yearly?year=2026"))
        assert (told["Certificates issued"], told["Certificates revoked"]) == ("2", "1")
    assert figures(browser.visit("/yearly?year=2025"))["Certificates issued"] == "0"
    with writing():
        record = db.session.merge(year[0])
        ledger.add(record, EntryKind.CORRECTED, -1, account_id=None, at=make.NOW)
    told = figures(browser.visit("/yearly?year=2026"))
    assert told["Certificates superseded by a correction"] == "1"


def test_what_was_published_does_not_change_and_everybody_may_read_it(
    browser, year, office, manager
):
    address = f"/yearly/{office.id}/2025"
    browser.visit(address, status=404)
    browser.sign_in(manager).send(f"{address}/publication")
    once = browser.get(f"{address}/pdf").data
    with writing():
        record = db.session.merge(year[0])
        ledger.add(record, EntryKind.CORRECTED, -60, account_id=None, at=make.NOW)
    assert "2 h 35 min" in browser.visit(f"/yearly?office={office.id}&year=2025").words
    browser.delete_cookie("talent")
    page = browser.visit(address)
    assert "2 h 35 min" in page.words
    assert "王秀兰" not in page.text
    assert browser.get(f"{address}/pdf").data == once
    page = browser.sign_in(manager).send(f"{address}/publication", status=409)
    assert "published already" in page.words


def test_a_published_report_that_was_changed_behind_our_back_is_not_shown(
    browser, year, office, manager
):
    browser.sign_in(manager).send(f"/yearly/{office.id}/2025/publication")
    with writing():
        report = db.session.query(YearlyReport).one()
        report.figures = report.figures | {"records": 99}
    browser.visit(f"/yearly/{office.id}/2025", status=404)


def test_a_year_that_is_not_over_is_not_published(browser, year, office, manager):
    page = browser.sign_in(manager).send(f"/yearly/{office.id}/2026/publication", status=409)
    assert "The year is not over yet." in page.words
    assert "Publish" not in browser.visit(f"/yearly?office={office.id}&year=2026").words


def test_of_a_year_without_reports_there_is_nothing_to_publish(browser, year, office, manager):
    browser.sign_in(manager)
    for number in (0, 1, 1999, 9999, 99999999999):
        browser.send(f"/yearly/{office.id}/{number}/publication", status=404)
        browser.visit(f"/yearly/{office.id}/{number}", status=404)


def test_a_coordinator_reads_and_does_not_publish_and_other_offices_are_not_there(
    browser, year, office, coordinator, street
):
    browser.sign_in(coordinator)
    assert "Publish" not in browser.visit(f"/yearly?office={office.id}&year=2025").words
    browser.send(f"/yearly/{office.id}/2025/publication", status=403)
    browser.visit(f"/yearly?office={street.id}&year=2025", status=404)
    foreign = make.account(Role.MANAGER, make.office("远方社区"))
    browser.sign_in(foreign).send(f"/yearly/{office.id}/2025/publication", status=404)
    assert db.session.query(YearlyReport).count() == 0


def test_paper_and_workbook_say_the_same(browser, year, office, manager):
    browser.sign_in(manager)
    query = f"?office={office.id}&year=2025"
    body = browser.get(f"/yearly/export{query}").data
    rows = CalamineWorkbook.from_filelike(io.BytesIO(body)).get_sheet_by_index(0).to_python()
    told = {row[0]: row[1] for row in rows[1:]}
    assert told["Service time (minutes)"] == 155
    assert told["System-verified (minutes)"] == 110
    assert told["Entered by hand (minutes)"] == 45
    browser.speak("zh")
    pdf = browser.get(f"/yearly/pdf{query}").data
    text = subprocess.run(["pdftotext", "-", "-"], input=pdf, capture_output=True, check=True)
    said = re.sub(r"\s+", "", text.stdout.decode())
    for words in (
        "2025年度志愿服务记录与证明工作报告",
        "2小时35分",
        "1小时50分",
        "45分钟",
        "尚未公布",
    ):
        assert words in said
