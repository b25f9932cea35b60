"""The register of an office: numbered by year, narrowed, on paper and as a workbook."""

import io
import re
from datetime import date

import make
import pytest
from counting import queries
from python_calamine import CalamineWorkbook

from talent.access import Role
from talent.certificates.models import Certificate
from talent.certificates.printing import jobs
from talent.certificates.register.models import RegisterEntry
from talent.db import db, writing
from talent.hours import ledger
from talent.hours.models import EntryKind

URL = "/certificates/register"


def numbers(page):
    return re.findall(r"ZM2026-[\w-]+", " ".join(page.said("th")))


def found(browser, **query):
    return numbers(browser.visit(URL, query_string=query))


@pytest.fixture
def issued(browser, account, records, office, other, coordinator):
    """By the volunteer of all units, by the volunteer of one, by the office; in this order."""
    browser.sign_in(account).send("/certificates/", language="zh")
    browser.send("/certificates/", language="zh", office_id=other.id)
    browser.sign_in(coordinator)
    browser.send(f"/certificates/people/{account.person_id}/issue", language="zh")
    return [c.number for c in db.session.query(Certificate).order_by(Certificate.id)]


@pytest.fixture
def director(street):
    return make.account(Role.MANAGER, street)


def test_each_office_counts_its_own_from_one_in_each_year(browser, issued, office, other):
    entries = db.session.query(RegisterEntry).order_by(RegisterEntry.id)
    told = [(e.certificate.number, e.office_id, e.year, e.sequence, e.minutes) for e in entries]
    mixed, of_other, of_office = issued
    assert told == [
        (mixed, office.id, 2026, 1, 150),
        (mixed, other.id, 2026, 1, 61),
        (of_other, other.id, 2026, 2, 61),
        (of_office, office.id, 2026, 2, 150),
    ]


def test_a_new_year_begins_with_one_again(browser, issued, account, clock, office):
    clock.move_to(make.NOW.replace(year=2027))
    browser.sign_in(account).send("/certificates/", language="zh", office_id=office.id)
    last = db.session.query(RegisterEntry).order_by(RegisterEntry.id.desc()).first()
    assert (last.year, last.sequence) == (2027, 1)


def test_it_is_narrowed_by_office_day_status_person_number_and_who_issued(
    browser, issued, office, other, director, coordinator, account
):
    mixed, of_other, of_office = issued
    with writing():
        gone = db.session.query(Certificate).filter_by(number=of_office).one()
        gone.revoked_at, gone.revoked_kind = make.NOW, "error"
    browser.sign_in(director)
    assert found(browser) == [of_office, of_other, mixed, mixed]
    assert found(browser, office=other.id) == [of_other, mixed]
    assert found(browser, by="self") == [of_other, mixed, mixed]
    assert found(browser, by=coordinator.id) == [of_office]
    assert found(browser, status="revoked") == [of_office]
    assert found(browser, status="valid") == [of_other, mixed, mixed]
    assert found(browser, status="superseded") == []
    assert found(browser, first="2026-06-02") == []
    assert found(browser, last="2026-06-01", q="王秀兰") == [of_office, of_other, mixed, mixed]
    assert found(browser, q=of_other) == [of_other]
    assert found(browser, first="nonsense", by="x", status="y") == [
        of_office,
        of_other,
        mixed,
        mixed,
    ]


@pytest.mark.parametrize("change", ["minutes", "words", "gone"])
def test_superseded_is_what_its_own_page_says_too(browser, issued, records, director, change):
    mixed, of_other, of_office = issued
    with writing():
        record = db.session.merge(records[3])  # what the other office recorded
        if change == "minutes":
            ledger.add(record, EntryKind.CORRECTED, -1, account_id=None, at=make.NOW)
        elif change == "words":
            record.content = "别的内容"
        else:
            record.state = "refused"
    browser.sign_in(director)
    assert found(browser, status="superseded") == [of_other, mixed, mixed]
    assert found(browser, status="valid") == [of_office]
    page = browser.visit(URL)
    said = page.said("td")
    assert said.count("Superseded: a record was corrected") == 3
    assert said.count("Valid") == 1


def test_another_offices_register_is_not_there(browser, issued, other, coordinator):
    browser.sign_in(coordinator)
    browser.visit(f"{URL}?office={other.id}", status=404)
    assert len(found(browser)) == 2
    assert "星河" not in browser.visit(f"{URL}/paper").text


def test_the_count_says_how_many_and_how_much(browser, issued, director):
    page = browser.sign_in(director).visit(URL)
    assert "4 entries · 7 h 02 min" in page.words
    assert "1 entry" in browser.visit(f"{URL}?q={issued[1]}").words


def test_the_workbook_and_the_paper_hold_exactly_what_is_found(
    browser, issued, other, director, monkeypatch
):
    monkeypatch.setattr("talent.certificates.register.service.PIECE", 1)
    browser.sign_in(director)
    for query in ("", f"?office={other.id}", "?by=self&status=valid"):
        listed = numbers(browser.visit(URL + query))
        body = browser.post(f"{URL}/export{query}", data={"reason": "年检"}).data
        sheet = CalamineWorkbook.from_filelike(io.BytesIO(body)).get_sheet_by_index(0)
        assert [row[3] for row in sheet.to_python()[1:]] == listed
        paper = browser.visit(f"{URL}/paper{query}")
        assert numbers(paper) == listed
        assert f"{len(listed)} entries" in paper.words
    rows = sheet.to_python()
    minutes = rows[0].index("Minutes")
    assert [row[minutes] for row in rows[1:]] == [61, 61, 150]


def test_a_batch_is_found_by_its_number(browser, account, records, coordinator):
    browser.sign_in(coordinator)
    browser.send("/certificates/batches/new", language="zh", people=[account.person_id])
    jobs.work(make.NOW)
    certificate = db.session.query(Certificate).one()
    assert found(browser, batch=certificate.batch_id) == [certificate.number]
    assert found(browser, batch=certificate.batch_id + 1) == []


def test_thirty_entries_cost_as_many_queries_as_one(browser, office, clock, coordinator):
    person = make.person("王五", at=office)
    browser.sign_in(coordinator)
    make.record(person, office, 60, day=date(2026, 5, 1))
    url = f"/certificates/people/{person.id}/issue"
    browser.send(url, language="zh")
    for path in (URL, f"{URL}/paper", f"{URL}/export"):
        browser.get(path)
        with queries() as one:
            browser.get(path)
        for _ in range(3):
            browser.send(url, language="zh")
        with queries() as more:
            browser.get(path)
        assert len(one) == len(more)
