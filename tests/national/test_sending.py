"""A file for the designated system: looked at first, sent once, and no number leaves unasked."""

import csv
import hashlib
from datetime import date, timedelta
from io import BytesIO, StringIO

import make
import openpyxl
import pytest
from answering import ID_NUMBER, identified, send
from counting import queries

from talent.access import Role
from talent.audit import Act, AuditEntry
from talent.db import db, writing
from talent.files import StoredFile
from talent.hours import ledger
from talent.hours.models import EntryKind, RecordState, ServiceRecord
from talent.national.batches import service as batches
from talent.national.models import NationalBatch, NationalEntry, NationalEvent, Standing
from talent.national.service import statuses

CSV = """
title = "短表"
[file]
kind = "csv"
{}
"""
FIELDS = {
    "姓名": "name", "证件号码": "document", "记录编号": "record", "活动名称": "activity",
    "服务日期": "date", "服务地点": "place", "服务内容": "content", "组织单位": "organiser",
    "负责人": "person_in_charge",
}  # fmt: skip
COLUMNS = "".join(
    f'[[columns]]\ntitle = "{title}"\nfield = "{field}"\nrequired = true\n'
    for title, field in FIELDS.items()
)
TIME = '[[columns]]\ntitle = "时长"\nfield = "time"\nunit = "hours"\ndecimals = 1\n'


def sheet(answer):
    rows = openpyxl.load_workbook(BytesIO(answer.get_data())).active.values
    head, *rest = list(rows)
    return [dict(zip(head, row, strict=True)) for row in rest]


def take(browser, batch):
    return browser.post(f"/national/batches/{batch.id}/file")


def mapped(browser, office, text):
    return browser.send(
        "/national/mappings/new", office=office.id, valid_from="2026-06-01", text=text
    )


def test_what_a_file_would_hold_is_seen_before_it_is_made(browser, office, records, coordinator):
    page = browser.sign_in(coordinator).visit(f"/national/batches/new?office={office.id}")
    assert "Not sent: 2" in page.words
    assert "This is only the example mapping" in page.words
    assert db.session.query(NationalBatch).count() == 0
    assert set(statuses([r.id for r in records]).values()) == {Standing.NOT_SENT}


def test_a_file_holds_the_open_records_and_makes_them_sent(browser, office, records, coordinator):
    browser.sign_in(coordinator)
    batch = send(browser, office)
    assert (batch.records, batch.identity, batch.made_by) == (2, False, coordinator.id)
    answer = take(browser, batch)
    assert hashlib.sha256(answer.get_data()).hexdigest() == batch.digest
    first, second = sheet(answer)
    assert first["活动名称"] == "=1+1 菜园"
    assert first["证件号码"] == "110105********002X"
    assert (first["服务时长（小时）"], first["服务时长（分钟）"]) == (0.83, 50)
    assert (first["记录编号"], first["服务日期"]) == (str(records[0].id), "2026-05-01")
    assert second["联系方式"] == "+8613800138000"
    assert statuses([r.id for r in records]) == dict.fromkeys(
        [r.id for r in records], Standing.SENT
    )
    assert "Everything is sent" in browser.visit("/national/").words


def test_no_cell_of_a_file_is_a_formula(browser, office, records, manager):
    browser.sign_in(manager)
    book = openpyxl.load_workbook(BytesIO(take(browser, send(browser, office)).get_data()))
    kinds = {cell.data_type for row in book.active for cell in row}
    assert "f" not in kinds
    mapped(browser, office, CSV.format(COLUMNS + TIME))
    browser.send(f"/national/batches/new?office={office.id}&again=y")
    text = take(browser, db.session.get(NationalBatch, 2)).get_data()
    assert text.startswith("\ufeff".encode())
    rows = list(csv.DictReader(StringIO(text.decode("utf-8-sig"))))
    assert rows[0]["活动名称"] == "'=1+1 菜园"
    assert [row["时长"] for row in rows] == ["0.8", "1.5"]


def test_the_same_record_is_not_sent_twice(browser, office, records, coordinator):
    browser.sign_in(coordinator)
    send(browser, office)
    page = browser.send(f"/national/batches/new?office={office.id}", status=422)
    assert "There is nothing to send." in page.words
    assert db.session.query(NationalBatch).count() == 1
    assert db.session.query(NationalEvent).count() == 2


def test_what_was_sent_is_sent_again_when_somebody_asks_for_it(
    browser, office, records, coordinator
):
    browser.sign_in(coordinator)
    send(browser, office)
    browser.send(f"/national/batches/new?office={office.id}&again=y")
    assert db.session.query(NationalEvent).count() == 4
    assert db.session.query(NationalEntry).count() == 2


def test_a_corrected_record_is_to_be_sent_again(browser, office, records, coordinator):
    browser.sign_in(coordinator)
    send(browser, office)
    browser.send(f"/hours/{records[0].id}/correction", to_minutes=40, reason="提前离开")
    assert statuses([records[0].id]) == {records[0].id: Standing.CHANGED}
    page = browser.visit("/national/")
    assert "Corrected since: to be sent again" in page.words
    batch = send(browser, office)
    assert [row["服务时长（分钟）"] for row in sheet(take(browser, batch))] == [40]
    assert statuses([records[0].id]) == {records[0].id: Standing.SENT}


def test_a_corrected_text_is_to_be_sent_again(browser, office, records, coordinator):
    browser.sign_in(coordinator)
    send(browser, office)
    with writing():
        db.session.get(ServiceRecord, records[1].id).place = "社区卫生站"
    assert statuses([records[1].id]) == {records[1].id: Standing.CHANGED}


def test_what_is_taken_back_after_it_was_sent_is_withdrawn_by_hand(
    browser, office, records, coordinator
):
    browser.sign_in(coordinator)
    send(browser, office)
    with writing():
        record = db.session.get(ServiceRecord, records[0].id)
        ledger.add(record, EntryKind.REVERSED, -50, account_id=None, at=make.NOW, reason="误记")
    assert statuses([records[0].id]) == {records[0].id: Standing.TAKEN_BACK}
    assert "=1+1 菜园" in browser.visit("/national/lists/taken-back").words
    browser.send(f"/national/batches/new?office={office.id}", status=422)
    browser.send(f"/national/records/{records[0].id}/withdrawal")
    browser.send(f"/national/records/{records[0].id}/withdrawal", status=409)
    assert statuses([records[0].id]) == {records[0].id: Standing.WITHDRAWN}
    assert "Nothing is to be withdrawn" in browser.visit("/national/lists/taken-back").words


@pytest.mark.parametrize("state", [RecordState.PENDING, RecordState.REFUSED])
def test_only_approved_time_is_sent(browser, account, office, coordinator, state):
    make.record(account.person, office, 60, state=state)
    page = browser.sign_in(coordinator).visit(f"/national/batches/new?office={office.id}")
    assert "There is nothing to send." in page.words


def test_a_record_that_lacks_something_is_listed_and_stays_open(
    browser, office, records, coordinator
):
    nobody = make.person("无证", at=office)
    lacking = make.record(nobody, office, 30)
    browser.sign_in(coordinator)
    page = browser.visit(f"/national/batches/new?office={office.id}")
    assert "1 record lacks something and stays open" in page.words
    assert "“证件号码” is empty." in page.words
    assert page.all("a", href=f"/hours/{lacking.id}")
    assert page.all("a", href=f"/people/{nobody.id}")
    assert send(browser, office).records == 2
    assert statuses([lacking.id]) == {lacking.id: Standing.NOT_SENT}


def test_a_period_holds_its_last_day(browser, office, records, coordinator):
    browser.sign_in(coordinator)
    browser.send(f"/national/batches/new?office={office.id}&first=2026-05-02&last=2026-05-02")
    assert statuses([r.id for r in records]) == {
        records[0].id: Standing.NOT_SENT,
        records[1].id: Standing.SENT,
    }
    backwards = f"/national/batches/new?office={office.id}&first=2026-05-02&last=2026-05-01"
    assert "ends before it begins" in browser.visit(backwards, status=422).words


def test_whole_numbers_need_the_right_to_see_them(browser, office, records, coordinator):
    browser.sign_in(coordinator)
    page = browser.visit(f"/national/batches/new?office={office.id}")
    assert "identity" not in page.fields()
    browser.send(
        f"/national/batches/new?office={office.id}", status=403, identity="y", reason="报送"
    )
    assert db.session.query(NationalBatch).count() == 0


def test_whole_numbers_need_a_reason_and_leave_a_trace(browser, office, records, manager):
    browser.sign_in(manager)
    address = f"/national/batches/new?office={office.id}"
    page = browser.send(address, status=422, identity="y", reason=" ")
    assert "Say why the file needs whole identity numbers." in page.words
    batch = send(browser, office, identity="y", reason="六月报送")
    assert {row["证件号码"] for row in sheet(take(browser, batch))} == {ID_NUMBER}
    acts = {
        entry.act: entry.facts
        for entry in db.session.query(AuditEntry)
        if entry.act in {Act.NATIONAL_SENT, Act.NATIONAL_TAKEN}
    }
    assert acts[Act.NATIONAL_SENT]["reason"] == acts[Act.NATIONAL_TAKEN]["reason"] == "六月报送"
    assert acts[Act.NATIONAL_SENT]["identity"] is True
    assert ID_NUMBER not in str(acts)


def test_who_may_not_see_whole_numbers_does_not_take_the_file_of_another(
    browser, office, records, manager, coordinator
):
    browser.sign_in(manager)
    batch = send(browser, office, identity="y", reason="六月报送")
    browser.sign_in(coordinator)
    assert take(browser, batch).status_code == 403
    assert "only a role that may see them" in browser.visit(f"/national/batches/{batch.id}").words


def test_the_kept_file_is_sealed_and_goes_after_a_month(browser, office, records, manager, clock):
    browser.sign_in(manager)
    batch = send(browser, office, identity="y", reason="六月报送")
    kept = db.session.get(StoredFile, batch.file_id).content
    assert ID_NUMBER.encode() not in kept
    assert not kept.startswith(b"PK")
    with writing():
        assert batches.forget_files(make.NOW + timedelta(days=29)) == 0
    with writing():
        assert batches.forget_files(make.NOW + timedelta(days=31)) == 1
    assert db.session.query(StoredFile).count() == 0
    browser.send(f"/national/batches/{batch.id}/file", status=409)
    assert "is gone" in browser.visit(f"/national/batches/{batch.id}").words


def test_another_office_sees_nothing_of_it(browser, office, other, records, coordinator):
    browser.sign_in(coordinator)
    batch = send(browser, office)
    browser.sign_in(make.account(Role.COORDINATOR, other))
    for address in (
        f"/national/batches/{batch.id}",
        f"/national/records/{records[0].id}",
        f"/national/?office={office.id}",
    ):
        browser.visit(address, status=404)
    browser.send(f"/national/batches/{batch.id}/file", status=404)
    browser.send(f"/national/records/{records[0].id}/withdrawal", status=404)
    browser.visit(f"/national/batches/new?office={office.id}", status=422)
    assert "王秀兰" not in browser.visit("/national/").words
    assert "No file yet" in browser.visit("/national/batches/").words


def test_a_street_sends_what_its_communities_recorded(browser, street, office, other, records):
    make.record(identified(other, "李四", "440524188001010014").person, other, 30)
    browser.sign_in(make.account(Role.COORDINATOR, street))
    assert send(browser, street).records == 3


def test_records_that_change_while_the_file_is_made_are_looked_at_again(
    browser, office, records, coordinator, monkeypatch
):
    made = batches.make

    def changed_meanwhile(choice, **how):
        found = made(choice, **how)
        found.ready[records[0].id]["minutes"] = 49
        return found

    monkeypatch.setattr(batches, "make", changed_meanwhile)
    page = browser.sign_in(coordinator).send(
        f"/national/batches/new?office={office.id}", status=422
    )
    assert "changed in the meantime" in page.words
    assert db.session.query(NationalEntry).count() == 0


def test_a_file_of_many_records_asks_a_question_for_each_five_hundred(
    browser, account, office, coordinator, monkeypatch
):
    browser.sign_in(coordinator)
    counts = []
    for _ in range(2):
        for _ in range(3):
            make.record(account.person, office, 10, day=date(2026, 5, 3))
        with queries() as sent:
            browser.visit(f"/national/batches/new?office={office.id}")
        counts.append(len(sent))
    assert counts[0] == counts[1]
    monkeypatch.setattr(batches, "_CHUNK", 2)
    monkeypatch.setattr(batches, "MOST", 5)
    page = browser.visit(f"/national/batches/new?office={office.id}")
    assert "There are more. One file holds 5 records" in page.words
    assert send(browser, office).records == 5
    assert send(browser, office).records == 1


@pytest.mark.parametrize("kind", ["open", "accepted", "unanswered"])
def test_each_list_asks_the_same_number_of_questions(browser, account, office, coordinator, kind):
    browser.sign_in(coordinator)
    numbers = []
    for rows in (1, 2):
        for _ in range(rows):
            make.record(account.person, office, 60)
        if kind != "open":
            send(browser, office)
        if kind == "accepted":
            with writing():
                db.session.query(NationalEntry).update({"standing": Standing.ACCEPTED})
        with queries() as sent:
            page = browser.visit(f"/national/lists/{kind}?days=0")
        numbers.append(len(sent))
    assert len(page.said("td", data_label="Activity")) == 3
    assert numbers[0] == numbers[1]


def test_the_open_list_goes_from_page_to_page_with_the_oldest_day_first(
    browser, account, office, coordinator, monkeypatch
):
    monkeypatch.setattr("talent.national.service.PAGE", 2)
    for day in (5, 3, 4):
        make.record(account.person, office, 60, day=date(2026, 5, day), activity=f"活动{day}")
    page = browser.sign_in(coordinator).visit("/national/")
    assert [t.split()[0] for t in page.said("td", data_label="Activity")] == ["活动3", "活动4"]
    assert "To be sent (3)" in page.words
    (following,) = page.all("a", rel="next")
    page = browser.visit(following.get("href"))
    assert [t.split()[0] for t in page.said("td", data_label="Activity")] == ["活动5"]
    assert page.all("a", rel="next") == []
    assert browser.visit("/national/lists/open?after=nonsense")


def test_what_is_late_by_the_ten_working_days_is_said(browser, account, office, coordinator):
    make.record(account.person, office, 60, day=date(2026, 5, 1), due_on=date(2026, 5, 18))
    make.record(account.person, office, 60, day=date(2026, 5, 31), due_on=date(2026, 6, 12))
    page = browser.sign_in(coordinator).visit("/national/")
    late = [said for said in page.said("td", data_label="To be recorded by") if "Overdue" in said]
    assert late == ["18 May 2026 Overdue"]


def test_a_list_that_is_none_is_not_found(browser, coordinator):
    browser.sign_in(coordinator).visit("/national/lists/everything", status=404)
