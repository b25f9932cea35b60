"""An answer of the designated system: looked at, taken over once, and only of one's own records."""

from datetime import timedelta
from io import BytesIO

import make
import pytest
from answering import ID_NUMBER, answered, confirm, identified, send

from talent.access import Role
from talent.db import db
from talent.national.models import (
    NationalAnswer,
    NationalEntry,
    NationalEvent,
    NationalVolunteer,
    Standing,
)
from talent.national.service import entered, statuses
from talent.rules.national import Entered


@pytest.fixture
def sent(browser, office, records, coordinator):
    browser.sign_in(coordinator)
    send(browser, office)
    return records


def test_an_answer_is_looked_at_and_nothing_is_written(browser, office, sent):
    address = answered(
        browser, office, (sent[0].id, "成功", "", "N-1"), (sent[1].id, "失败", "重复", "")
    )
    page = browser.visit(address)
    assert "New: 1 accepted, 1 refused." in page.words
    assert "Nothing has been written yet." in page.words
    assert set(statuses([r.id for r in sent]).values()) == {Standing.SENT}
    assert db.session.query(NationalAnswer).count() == 0


def test_a_confirmed_answer_gives_each_record_its_state(browser, office, sent, account):
    confirm(
        browser,
        answered(
            browser, office, (sent[0].id, "成功", "", "N-1"), (sent[1].id, "失败", "重复", "")
        ),
    )
    assert statuses([r.id for r in sent]) == {
        sent[0].id: Standing.ACCEPTED,
        sent[1].id: Standing.REFUSED,
    }
    assert entered(statuses([r.id for r in sent])) is Entered.PARTLY
    assert "重复" in browser.visit("/national/lists/refused").words
    assert "N-1" in browser.visit("/national/lists/accepted").words
    browser.sign_in(account)
    words = browser.visit(f"/national/records/{sent[1].id}").words
    assert "Refused there" in words
    assert "重复" in words
    assert "File 1" in words
    page = browser.visit(f"/hours/{sent[0].id}")
    assert page.all("a", href=f"/national/records/{sent[0].id}")


def test_the_same_file_twice_changes_nothing(browser, office, sent):
    rows = [(sent[0].id, "成功", "", "N-1"), (sent[1].id, "失败", "重复", "")]
    confirm(browser, answered(browser, office, *rows))
    events = db.session.query(NationalEvent).count()
    page = browser.visit(address := answered(browser, office, *rows))
    assert "unchanged: 2" in page.words
    assert page.all("input", name="digest") == []
    browser.send(address, status=409, digest="x")
    assert db.session.query(NationalEvent).count() == events


def test_an_old_answer_does_not_speak_of_what_was_sent_since(browser, office, sent):
    book = BytesIO()
    old = f"记录编号,导入结果,失败原因\r\n{sent[1].id},失败,重复\r\n".encode()

    def hand_in():
        book = BytesIO(old)
        return browser.send(
            "/national/answers/new", files_=True, office=str(office.id), file=(book, "old.csv")
        ).location

    confirm(browser, hand_in())
    send(browser, office)
    assert statuses([sent[1].id]) == {sent[1].id: Standing.SENT}
    assert "This file was taken over already" in browser.visit(hand_in()).words
    assert statuses([sent[1].id]) == {sent[1].id: Standing.SENT}
    assert book.closed is False


def test_a_refused_record_is_sent_again_and_keeps_its_way(browser, office, sent):
    confirm(browser, answered(browser, office, (sent[1].id, "失败", "重复", "")))
    assert send(browser, office).records == 1
    confirm(browser, answered(browser, office, (sent[1].id, "成功", "", "N-2")))
    steps = db.session.query(NationalEvent).filter_by(record_id=sent[1].id)
    assert [step.standing for step in steps.order_by(NationalEvent.id)] == [
        Standing.SENT, Standing.REFUSED, Standing.SENT, Standing.ACCEPTED,
    ]  # fmt: skip


def test_rows_that_fit_no_record_are_listed_and_left(browser, office, sent):
    rows = [(999_999, "成功", "", ""), ("abc", "成功", "", ""), (sent[0].id, "也许", "", "")]
    page = browser.visit(answered(browser, office, *rows))
    assert page.words.count("There is no such record among those that your offices sent.") == 2
    assert "“也许” is neither accepted nor refused" in page.words
    assert "refused: 3" in page.words
    assert page.all("input", name="digest") == []


def test_a_record_that_was_never_sent_gets_no_answer(browser, office, sent, account):
    fresh = make.record(account.person, office, 30)
    page = browser.visit(answered(browser, office, (fresh.id, "成功", "", "N-9")))
    assert "There is no such record among those that your offices sent." in page.words


def test_rows_of_another_office_are_refused_like_rows_of_nothing(
    browser, office, other, street, sent
):
    theirs = make.record(identified(other, "李四", "440524188001010014").person, other, 30)
    browser.sign_in(make.account(Role.COORDINATOR, street))
    send(browser, street)
    browser.sign_in(make.account(Role.COORDINATOR, office))
    address = answered(
        browser, office, (theirs.id, "成功", "", "N-1"), (sent[0].id, "成功", "", "N-2")
    )
    page = browser.visit(address)
    assert "李四" not in page.words
    assert "refused: 1" in page.words
    confirm(browser, address)
    assert statuses([theirs.id, sent[0].id]) == {
        theirs.id: Standing.SENT,
        sent[0].id: Standing.ACCEPTED,
    }


def test_a_row_without_a_number_is_found_by_document_activity_and_day(browser, office, sent):
    head = ("证件号码", "活动名称", "服务日期", "结果", "平台编号", "志愿者编号")
    rows = [(ID_NUMBER.lower(), "陪诊", "2026-05-02", "通过", "N-7", "V110105")]
    page = browser.visit(address := answered(browser, office, *rows, head=head))
    assert "王秀兰 · 陪诊 · 2026-05-02" in page.words
    confirm(browser, address)
    assert statuses([sent[1].id]) == {sent[1].id: Standing.ACCEPTED}
    assert db.session.query(NationalVolunteer).one().number == "V110105"


def test_a_row_that_several_records_fit_is_refused(browser, office, account, coordinator):
    for _ in range(2):
        make.record(account.person, office, 30, activity="晨练")
    browser.sign_in(coordinator)
    send(browser, office)
    head = ("证件号码", "活动名称", "服务日期", "结果")
    page = browser.visit(
        answered(browser, office, (ID_NUMBER, "晨练", "2026-06-01", "成功"), head=head)
    )
    assert "Several records fit this row." in page.words


def test_two_rows_of_one_record_must_say_the_same(browser, office, sent):
    rows = [(sent[0].id, "成功", "", "N-1")] * 2 + [
        (sent[1].id, "成功", "", ""),
        (sent[1].id, "失败", "", ""),
    ]
    page = browser.visit(answered(browser, office, *rows))
    assert "Row 2 says the same." in page.words
    assert "Row 4 says something else of the same record." in page.words


def test_a_record_corrected_after_its_answer_is_not_entered_any_more(browser, office, sent):
    confirm(
        browser,
        answered(browser, office, (sent[0].id, "成功", "", "N-1"), (sent[1].id, "成功", "", "")),
    )
    assert entered(statuses([r.id for r in sent])) is Entered.ENTERED
    browser.send(f"/hours/{sent[0].id}/correction", to_minutes=40, reason="提前离开")
    assert entered(statuses([r.id for r in sent])) is Entered.PARTLY
    assert send(browser, office).records == 1
    assert db.session.get(NationalEntry, sent[0].id).number == "N-1"


def test_a_file_that_changed_since_it_was_looked_at_is_not_taken(browser, office, sent):
    address = answered(browser, office, (sent[0].id, "成功", "", "N-1"))
    page = browser.send(address, status=409, digest="0" * 64)
    assert "no longer the one that was looked at" in page.words


def test_an_upload_is_nobody_elses(browser, office, sent):
    address = answered(browser, office, (sent[0].id, "成功", "", "N-1"))
    browser.sign_in(make.account(Role.COORDINATOR, office)).visit(address, status=404)


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (b"", "a.csv", "The file is empty."),
        (b"x", "a.txt", "Only .xlsx, .xls and .csv files are read."),
        ("姓名\r\n王".encode(), "a.csv", "These columns are missing: 导入结果."),
    ],
)
def test_a_file_that_is_no_answer_is_refused(browser, office, coordinator, content, name, said):
    browser.sign_in(coordinator)
    page = browser.send(
        "/national/answers/new", status=422, files_=True, office=str(office.id),
        file=(BytesIO(content), name),
    )  # fmt: skip
    assert said in page.words


def test_what_had_no_answer_for_some_days_is_listed(browser, coordinator, sent, clock):
    assert "Nothing waits" in browser.visit("/national/lists/unanswered").words
    assert "陪诊" in browser.visit("/national/lists/unanswered?days=0").words
    clock.move_to(make.NOW + timedelta(days=11))
    browser.sign_in(coordinator)
    assert "陪诊" in browser.visit("/national/lists/unanswered").words
