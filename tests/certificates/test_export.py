"""A volunteer exports a certificate: free, at once, and every total is the same."""

import hashlib
import json
import re
import subprocess
from datetime import date

import make
import pytest
from counting import queries

from talent.audit import Act, AuditEntry
from talent.certificates.models import Certificate, CertificateLine
from talent.db import db, writing
from talent.hours import ledger
from talent.hours.models import EntryKind

RARE = "𬱖𠅤䶮㛃"


def text_of(pdf):
    told = subprocess.run(["pdftotext", "-", "-"], input=pdf, capture_output=True, check=True)
    return re.sub(r"\s+", "", told.stdout.decode())


def exported(browser, account, **wish):
    """The address of a new certificate."""
    page = browser.sign_in(account).send("/certificates/", **{"language": "zh", **wish})
    return page.location


def printed(browser, shown):
    answer = browser.get(f"{shown}/pdf")
    assert answer.status_code == 200
    assert answer.mimetype == "application/pdf"
    return answer.data


def the_only():
    return db.session.query(Certificate).one()


def correct(record, by):
    with writing():
        row = db.session.merge(record)
        ledger.add(row, EntryKind.CORRECTED, by, account_id=None, at=make.NOW, reason="更正")


def test_the_total_is_the_same_on_every_page_and_on_paper(browser, account, records):
    shown = exported(browser, account)
    assert "3 h 31 min" in browser.visit("/hours/").said("span", class_="value")
    assert "3 h 31 min" in browser.visit("/certificates/").words
    assert "3 h 31 min" in browser.visit(shown).words
    number = the_only().number
    browser.delete_cookie("talent")
    assert "3 h 31 min" in browser.visit(f"/verify/{number}").words
    browser.sign_in(account)
    text = text_of(printed(browser, shown))
    assert text.count("3小时31分") == 4  # above and below, each with its system-verified part
    assert text.count("2小时30分") == 2  # the subtotal, and its system-verified part
    assert "1小时1分" in text
    assert ledger.total(person_id=account.person_id) == 211 == the_only().total_minutes


def test_it_says_who_recorded_what(browser, account, records):
    shown = exported(browser, account, document="y", volunteer_no="y")
    text = text_of(printed(browser, shown))
    for words in (
        "王秀兰", "110105********002X", account.person.volunteer_no, "春风社区居民委员会",
        "91110105MA01ABCD0X", "星河社会工作站", "周末菜园", "陪诊", "本人自助打印",
        "2026年3月1日至2026年6月1日", "尚未录入国务院民政部门指定的志愿服务信息系统",
    ):  # fmt: skip
        assert words in text
    assert "待定的活动" not in text
    assert "11010519491231002X" not in text


def test_what_was_not_asked_for_is_not_shown(browser, account, records):
    text = text_of(printed(browser, exported(browser, account)))
    assert "110105" not in text.replace("91110105MA01ABCD0X", "")
    assert account.person.volunteer_no not in text


@pytest.mark.parametrize("language", ["zh", "en", "both"])
def test_it_comes_in_each_language(browser, account, records, language):
    text = text_of(printed(browser, exported(browser, account, language=language)))
    assert ("志愿服务记录证明" in text) is (language != "en")
    assert ("VolunteerServiceRecordCertificate" in text) is (language != "zh")


@pytest.mark.parametrize(
    ("period", "minutes"),
    [
        (("2026-03-01", "2026-03-01"), 50),
        (("2026-03-02", "2026-05-31"), 161),
        (("2026-03-02", "2026-05-30"), 111),
        (("", "2026-05-01"), 100),
        (("2026-05-31", ""), 50),
    ],
)
def test_both_ends_of_the_period_are_included(browser, account, records, period, minutes):
    first, last = period
    exported(browser, account, first=first, last=last)
    certificate = the_only()
    assert certificate.total_minutes == minutes
    assert sum(line.minutes for line in certificate.lines) == minutes
    given = [date.fromisoformat(day) if day else None for day in (first, last)]
    assert ledger.total(person_id=account.person_id, first=given[0], last=given[1]) == minutes


def test_one_recording_unit_can_be_chosen(browser, account, records, other):
    exported(browser, account, office_id=other.id)
    assert the_only().total_minutes == 61
    assert [unit.name_zh for unit in the_only().units] == ["星河社会工作站"]


def test_what_it_says_is_frozen_with_its_digest(browser, account, records):
    shown = exported(browser, account)
    once = printed(browser, shown)
    certificate = the_only()
    text = json.dumps(
        certificate.content, ensure_ascii=False, sort_keys=True, separators=(",", ":")
    )
    assert hashlib.sha256(text.encode()).hexdigest() == certificate.digest
    assert {line.record_id: line.minutes for line in db.session.query(CertificateLine)} == {
        record.id: minutes for record, minutes in zip(records, (50, 50, 50, 61), strict=True)
    }
    with writing():
        person = db.session.merge(account.person)
        person.name = "王改名"
    assert printed(browser, shown) == once
    entry = db.session.query(AuditEntry).filter_by(act=Act.CERTIFICATE_ISSUED).one()
    assert entry.facts == {"number": certificate.number, "minutes": 211}


def test_nothing_on_record_is_refused_in_words_and_keeps_what_was_typed(browser, account, office):
    browser.sign_in(account)
    wish = {"first": "2026-01-01", "last": "2026-05-05", "language": "both"}
    page = browser.send("/certificates/", status=422, **wish)
    assert "There is no approved record in this period." in page.words
    assert page.all("input", name="first")[0].get("value") == "2026-01-01"
    assert page.all("input", name="language", value="both")[0].get("checked") is not None
    assert db.session.query(Certificate).count() == 0


@pytest.mark.parametrize(
    ("period", "sentence"),
    [
        (("2026-05-02", "2026-05-01"), "The period ends before it begins."),
        (("2026-05-02", "2026-06-02"), "The period must not end after today."),
        (("2026-02-30", ""), "Not a valid date value."),
    ],
)
def test_an_impossible_period_is_refused_beside_its_field(
    browser, account, records, period, sentence
):
    first, last = period
    browser.sign_in(account)
    page = browser.send("/certificates/", status=422, first=first, last=last, language="zh")
    assert any(sentence in said for said in page.said("p", class_="error"))
    assert db.session.query(Certificate).count() == 0


def test_rare_characters_of_a_name_pass(browser, clock, office):
    account = make.volunteer(office, f"王{RARE}")
    make.record(account.person, office, 50)
    shown = exported(browser, account)
    assert f"王{RARE}" in text_of(printed(browser, shown))


def test_a_name_that_no_font_has_is_refused_with_the_character(browser, clock, office):
    account = make.volunteer(office, "王\U0002ebf0")
    make.record(account.person, office, 50)
    page = browser.sign_in(account).send("/certificates/", status=422, language="zh")
    assert "These characters cannot be printed yet: \U0002ebf0 (U+2EBF0)." in page.words
    assert db.session.query(Certificate).count() == 0


def test_a_record_that_was_taken_back_is_not_listed(browser, account, records):
    correct(records[3], -61)
    exported(browser, account)
    assert the_only().total_minutes == 150
    assert len(the_only().lines) == 3


def test_a_corrected_record_supersedes_it_and_a_new_one_has_a_new_number(browser, account, records):
    first = exported(browser, account)
    number = the_only().number
    correct(records[0], -20)
    words = browser.visit(first).words
    assert "had 50 min and now has 30 min" in words
    assert browser.get(f"{first}/pdf").status_code == 409
    page = browser.visit(f"/verify/{number}")
    assert "This certificate is not valid any more" in page.words
    again = exported(browser, account)
    assert "2小时30分" not in text_of(printed(browser, again))
    newer = db.session.query(Certificate).order_by(Certificate.id.desc()).first()
    assert newer.number != number
    assert newer.total_minutes == 191
    assert "This certificate is valid" in browser.visit(f"/verify/{newer.number}").words


def test_a_record_that_comes_later_supersedes_nothing(browser, account, records, office):
    exported(browser, account)
    make.record(account.person, office, 50)
    assert "This certificate is valid" in browser.visit(f"/verify/{the_only().number}").words


def test_another_persons_certificate_does_not_exist(browser, account, records, office):
    shown = exported(browser, account)
    number = int(shown.rsplit("/", 1)[1])
    browser.sign_in(make.volunteer(office, "李四"))
    for path in ("", "/pdf"):
        foreign = browser.visit(f"{shown}{path}", status=404)
        missing = browser.visit(f"/certificates/{number + 99}{path}", status=404)
        assert foreign.said("main") == missing.said("main")


def test_what_cannot_be_printed_stays_and_the_page_says_so(browser, account, records):
    shown = exported(browser, account)
    with writing():
        certificate = the_only()
        broken = certificate.content | {"handler": "\U0002ebf0"}
        text = json.dumps(broken, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        certificate.content = broken
        certificate.digest = hashlib.sha256(text.encode()).hexdigest()
    page = browser.visit(f"{shown}/pdf", status=503)
    assert "The certificate is issued and its number is valid." in page.words
    assert "This certificate is valid" in browser.visit(f"/verify/{the_only().number}").words


def test_content_that_was_changed_afterwards_is_neither_printed_nor_verified(
    browser, account, records
):
    shown = exported(browser, account)
    with writing():
        certificate = the_only()
        certificate.content = certificate.content | {"total_minutes": 99999}
    assert "changed after it was issued" in browser.visit(f"{shown}/pdf", status=409).words
    browser.visit(f"/verify/{the_only().number}", status=404)


def test_somebody_without_registration_is_shown_the_way(browser, clock):
    page = browser.sign_in(make.account()).visit("/certificates/")
    assert "Register as a volunteer" in page.words


def test_a_list_of_three_costs_as_many_queries_as_a_list_of_one(browser, account, records):
    exported(browser, account)
    browser.visit("/certificates/")
    with queries() as one:
        browser.visit("/certificates/")
    exported(browser, account)
    exported(browser, account, last="2026-05-01")
    with queries() as three:
        assert browser.visit("/certificates/").words.count("ZM2026-") == 3
    assert len(three) == len(one)


def test_the_list_pages_by_key(browser, account, records, monkeypatch):
    monkeypatch.setattr("talent.certificates.service.PAGE", 2)
    for _ in range(3):
        exported(browser, account)
    page = browser.visit("/certificates/")
    assert page.words.count("ZM2026-") == 2
    (further,) = page.all("a", rel="next")
    assert browser.visit(further.get("href")).words.count("ZM2026-") == 1


def test_it_reads_in_chinese(browser, account, records):
    shown = exported(browser, account)
    browser.speak("zh")
    assert "3小时31分" in browser.visit(shown).words
    assert "有效" in browser.visit(f"/verify/{the_only().number}").words
    assert "出具新证明" in browser.visit("/certificates/").words
