"""Files of people: exactly those of the list, numbers hidden, every one in the audit trail."""

from __future__ import annotations

import csv
from datetime import date
from io import BytesIO, StringIO

import make
import openpyxl
import pytest
from sqlalchemy import select

from talent.access import Role
from talent.accounts.models import Grant
from talent.audit import Act, AuditEntry
from talent.db import db
from talent.directory import search
from talent.directory.exports import service
from talent.people.models import RegistrationState
from talent.sheets.flowing import flow_csv, flow_xlsx

ID = "110105199003140037"


@pytest.fixture
def here(app):
    return make.office("春风社区")


@pytest.fixture
def clerk(here, browser, clock):
    return browser.sign_in(make.account(Role.COORDINATOR, here))


def take(clerk, address="/people/export", *, kind="csv", **fields):
    given = {
        "kind": kind,
        "reason": "防汛演练",
        "columns": ["number", "phone", "document"],
    } | fields
    answer = clerk.post(address, data=given)
    assert answer.status_code == 200, answer.get_data(as_text=True)[-2000:]
    if kind == "csv":
        text = answer.get_data(as_text=True)
        assert text.startswith("\ufeff")
        return list(csv.reader(StringIO(text[1:])))
    book = openpyxl.load_workbook(BytesIO(answer.get_data()))
    return [
        ["" if v is None else v for v in row] for row in book.active.iter_rows(values_only=True)
    ]


def entries():
    return db.session.scalars(select(AuditEntry).where(AuditEntry.act == Act.PEOPLE_EXPORTED)).all()


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize("words", ["", "?state=paused", "?q=wang", "?q=nobody", "?order=new"])
def test_the_file_has_exactly_the_people_of_the_list(clerk, here, monkeypatch, kind, words):
    monkeypatch.setattr(service, "PIECE", 2)
    monkeypatch.setattr(search, "PAGE", 2)
    for turn, name in enumerate(("王秀兰", "李敏", "张三", "王五", "区然")):
        state = RegistrationState.PAUSED if turn % 2 else RegistrationState.ACTIVE
        make.person(name, at=here, state=state)
    make.person("王外人", at=make.office("秋水社区"))
    rows = take(clerk, f"/people/export{words}", kind=kind)[1:]
    listed, page = [], clerk.visit(f"/people/{words}")
    while True:
        listed += page.said("a", lang="zh-CN")
        following = page.all("a", rel="next")
        if not following:
            break
        page = clerk.visit(following[0].get("href"))
    assert [row[0] for row in rows] == listed
    assert entries()[0].facts["count"] == len(listed)
    shown = clerk.visit(f"/people/export{words}").words
    assert f"The file has {len(listed)} pe" in shown


def test_numbers_are_hidden_in_part_and_the_trail_has_reason_filter_and_count(clerk, here):
    make.person("王秀兰", at=here, phone="+8613800138000", document=ID)
    rows = take(clerk, "/people/export?q=wang&state=active")
    assert rows[0] == ["Name", "Volunteer number", "Phone", "Number of the document"]
    assert rows[1][2] == "*******8000"
    assert ID not in rows[1][3]
    assert rows[1][3].endswith(ID[-4:]) or "*" in rows[1][3]
    entry = entries()[0]
    assert entry.facts == {
        "reason": "防汛演练",
        "count": 1,
        "filter": {"q": "wang", "state": "active"},
        "columns": ["number", "phone", "document"],
        "full_numbers": False,
    }


def test_a_phone_number_that_was_typed_does_not_stand_in_the_trail(clerk, here):
    take(clerk, "/people/export?q=13800138000")
    assert entries()[0].facts["filter"] == {"q": "***********"}


def test_whole_numbers_need_the_right_to_see_them_and_stay_within_its_offices(clerk, here, browser):
    make.person("王秀兰", at=here, phone="+8613800138000", document=ID)
    assert "full" not in clerk.visit("/people/export").fields()
    assert take(clerk, full="y")[1][3] != ID  # a clerk who asks all the same
    assert entries()[0].facts["full_numbers"] is False
    other = make.office("秋水社区")
    make.person("李敏", at=other, phone="+8613900139000", document="110105199003140053")
    manager = make.account(Role.MANAGER, here)
    browser.sign_in(manager)
    with_role_elsewhere(manager, other)
    rows = {row[0]: row for row in take(browser, full="y")[1:]}
    assert rows["王秀兰"][2:] == ["13800138000", ID]
    assert rows["李敏"][2] == "*******9000"
    assert "110105199003140053" not in rows["李敏"][3]
    assert entries()[-1].facts["full_numbers"] is True


def with_role_elsewhere(account, office):
    make.saved(
        Grant(account_id=account.id, office_id=office.id, role=Role.AUDITOR, granted_at=make.NOW)
    )


def test_without_a_reason_nobody_is_taken_out(clerk, here):
    make.person("王秀兰", at=here)
    page = clerk.send("/people/export", status=422, kind="csv", reason=" ")
    assert "王秀兰" not in page.words
    assert entries() == []
    assert clerk.visit("/people/export").status == 200
    assert entries() == []


def test_a_name_that_looks_like_a_formula_runs_nowhere(clerk, here):
    make.person("=1+1", at=here)
    assert take(clerk)[1][0] == "'=1+1"
    assert take(clerk, kind="xlsx")[1][0] == "=1+1"
    answer = clerk.post("/people/export", data={"kind": "xlsx", "reason": "x"})
    cell = openpyxl.load_workbook(BytesIO(answer.get_data())).active["A2"]
    assert cell.data_type == "s"


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_every_column_is_written(clerk, here, kind):
    make.person("王秀兰", at=here, birth_date=date(1980, 5, 17))
    every = [
        "number", "registration", "area", "phone", "email", "sex", "born", "age", "document",
        "categories", "skills", "tongues", "credentials", "appointments", "teams", "guardian",
        "since", "language",
    ]  # fmt: skip
    heads, row = take(clerk, kind=kind, columns=every)
    assert len(heads) == len(row) == 19
    told = dict(zip(heads, row, strict=True))
    assert str(told["Birth date"])[:10] == "1980-05-17"
    assert "春风社区" not in heads
    assert told["Registration"].startswith("Active")


def test_a_workbook_that_flows_opens_with_its_own_values():
    rows = [["一", 7, date(2026, 6, 1), None, "a\nb <&> \x0b\ufffe"]] * 450
    book = openpyxl.load_workbook(BytesIO(b"".join(flow_xlsx("名单/x", list("abcde"), rows))))
    sheet = book.active
    assert sheet.title == "名单 x"
    assert sheet.max_row == 451
    values = [cell.value for cell in sheet[451]]
    assert values[:2] == ["一", 7]
    assert values[2].date() == date(2026, 6, 1)
    assert values[3:] == [None, "a\nb <&> "]
    assert sheet["A1"].font.b
    assert sheet.freeze_panes == "A2"


def test_what_flows_comes_before_the_last_row_is_read():
    read = []

    def rows():
        for number in range(10_000):
            read.append(number)
            yield [f"第{number}行的文字" * 5]

    for flow in (flow_csv(["x"], rows()), flow_xlsx("x", ["x"], rows())):
        read.clear()
        next(flow)
        assert 0 < len(read) < 10_000
