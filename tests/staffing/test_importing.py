"""The spreadsheets that offices sent: dry run, confirmation, once more without effect."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import make
import pytest
from counting import queries
from village import row_of, staff

from talent.access import Role
from talent.audit import Act, AuditEntry
from talent.db import db
from talent.files import StoredFile
from talent.offices.models import OfficeKind
from talent.people.models import Person, Registration, Tie
from talent.rules.staffing import PopulationKind
from talent.sheets.writing import write_csv
from talent.staffing.models import Appointment, AppointmentKind, Population

FILES = Path(__file__).parents[1] / "sheets/files"
HEADINGS = ["社区", "姓名", "身份证号", "职务", "任职时间", "离任时间", "是否专职"]
VALID = "110105198204239232"


@pytest.fixture
def villages(app, clock):
    """The district of the files, and an account that manages it."""
    district = make.office("示范区", kind=OfficeKind.DISTRICT)
    found = {}
    for name, street in (("东湖", "东湖街道"), ("南山", "南山街道"), ("北园", "北园镇")):
        above = make.office(street, parent=district, kind=OfficeKind.STREET)
        for number in "一二三四":
            found[f"{name}{number}"] = make.office(f"{name}第{number}社区", parent=above)
    found["account"] = make.account(Role.MANAGER, district)
    return found


def hand_in(browser, what, name, content=None, status=303, **more):
    content = content or (FILES / name).read_bytes()
    page = browser.send(
        f"/staffing/{what}/imports",
        status=status,
        files_=True,
        file=(BytesIO(content), name),
        **more,
    )
    return browser.visit(page.location) if status == 303 else page


def appointments(browser, name, content=None, status=303, part="0.5"):
    return hand_in(browser, "appointments", name, content, status, part=part)


def confirm(browser, page):
    (form,) = [f for f in page.all("form") if "confirmation" in (f.get("action") or "")]
    (digest,) = [i.get("value") for i in form.iter("input") if i.get("name") == "digest"]
    return browser.send(form.get("action"), digest=digest)


def said(page, row):
    (line,) = page.said("tr", id=f"row-{row}")
    return line


def table(*rows):
    return write_csv(HEADINGS, rows)


def test_population_is_read_and_two_cells_are_refused(browser, villages):
    page = hand_in(browser.sign_in(villages["account"]), "population", "population.xlsx")
    assert "D3 “约5200” is not exact. Write the exact number. (refused)" in said(page, 3)
    assert "C6 “-12” is less than zero. (refused)" in said(page, 6)
    assert "2 cells are refused." in page.words
    assert page.words.count("(refused)") == 2
    assert db.session.query(Population).count() == 0


def test_population_is_written_when_it_is_confirmed(browser, villages):
    browser.sign_in(villages["account"])
    confirm(browser, hand_in(browser, "population", "population.xlsx"))
    rows = db.session.query(Population).all()
    assert len(rows) == 12 * 4 - 2
    of = {(row.office_id, row.kind): row for row in rows}
    third = of[villages["东湖三"].id, PopulationKind.HOUSEHOLDS]
    assert (third.number, third.as_of) == (1275, date(2025, 11, 1))
    assert third.source == "2025年人口抽样调查"
    assert of[villages["东湖二"].id, PopulationKind.URBAN_RESIDENT].number == 6923
    assert (villages["东湖二"].id, PopulationKind.RESIDENT) not in of
    assert of[villages["北园四"].id, PopulationKind.URBAN_RESIDENT].number == 3551
    assert db.session.query(StoredFile).count() == 0
    assert db.session.query(AuditEntry).filter_by(act=Act.IMPORTED).count() == 1


def test_the_same_population_once_more_changes_nothing(browser, villages):
    browser.sign_in(villages["account"])
    confirm(browser, hand_in(browser, "population", "population.xlsx"))
    page = hand_in(browser, "population", "population.xlsx")
    assert "unchanged" in said(page, 2)
    assert not [f for f in page.all("form") if "confirmation" in (f.get("action") or "")]
    file = db.session.query(StoredFile).one()
    url = f"/staffing/population/imports/{file.id}/confirmation"
    page = browser.send(url, status=409, digest=file.digest)
    assert "Nothing in this file is new." in page.words
    assert db.session.query(Population).count() == 46


def test_a_changed_number_replaces_the_one_on_record(browser, villages):
    browser.sign_in(villages["account"])
    heads = ["社区", "户数", "统计日期", "数据来源"]
    for number in ("1000", "1001"):
        content = write_csv(heads, [["东湖第一社区", number, "2025.11.1", "街道"]])
        page = hand_in(browser, "population", "a.csv", content)
        confirm(browser, page)
    assert "Replaces 1000, the figure on record." in said(page, 2)
    assert db.session.query(Population).one().number == 1001


def test_doubtful_rows_of_population_are_refused(browser, villages):
    make.office("东湖第一社区", parent=villages["南山一"].parent)
    heads = ["街道", "社区", "户数", "统计日期", "数据来源"]
    rows = [
        ["", "东湖第九社区", "1", "2025-11-01", "x"],
        ["", "东湖第一社区", "1", "2025-11-01", "x"],
        ["东湖街道", "东湖 第一社区", "1200", "2025-11-01", "x"],
        ["东湖街道", "东湖第一社区", "1200", "2025-11-01", "x"],
        ["东湖街道", "东湖第一社区", "1300", "2025-11-01", "x"],
        ["北园镇", "东湖第二社区", "1", "2025-11-01", "x"],
        ["东湖街道", "东湖第三社区", "1", "2026-06-02", "x"],
        ["东湖街道", "东湖第三社区", "", "2025-11-01", "x"],
        ["东湖街道", "东湖第三社区", "1", "2025-11-01", ""],
    ]
    page = hand_in(
        browser.sign_in(villages["account"]), "population", "a.csv", write_csv(heads, rows)
    )
    assert "“东湖第九社区” is not an office for which you may enter staffing." in said(page, 2)
    assert "Several offices are called “东湖第一社区”." in said(page, 3)
    assert "will be taken" in said(page, 4)
    assert "already in this file" in said(page, 5)
    assert "Row 4 has another figure for the same office and day." in said(page, 6)
    assert "There is no “东湖第二社区” below “北园镇” among your offices." in said(page, 7)
    assert "Tue 2 Jun 2026 has not come yet." in said(page, 8)
    assert "There is no figure in this row." in said(page, 9)
    assert "This cell must not be empty." in said(page, 10)
    confirm(browser, page)
    assert db.session.query(Population).one().number == 1200


def test_offices_of_others_are_unknown_to_an_import(browser, villages):
    account = make.account(Role.MANAGER, villages["东湖一"])
    page = hand_in(browser.sign_in(account), "population", "population.xlsx")
    assert "will be taken" in said(page, 2)
    assert "“东湖第二社区” is not an office for which you may enter staffing." in said(page, 3)
    confirm(browser, page)
    assert {row.office_id for row in db.session.query(Population)} == {villages["东湖一"].id}


def test_the_old_format_holds_forty_appointments_of_thirty_nine_people(browser, villages):
    browser.sign_in(villages["account"])
    page = appointments(browser, "appointments.xls")
    assert "will be taken: 40" in page.words
    assert "Columns that are not used: 社工证等级" in page.words
    assert db.session.query(Person).count() == 0
    confirm(browser, page)
    rows = db.session.query(Appointment).all()
    assert (len(rows), len({row.person_id for row in rows})) == (40, 39)
    assert db.session.query(Person).count() == 39
    assert db.session.query(Tie).count() == 39
    assert db.session.query(Registration).count() == 0
    assert {row.ends_on for row in rows} == {None, date(2026, 4, 1)}
    kinds = {row.post: row.kind for row in rows}
    assert kinds == {
        "网格员": AppointmentKind.GRID,
        "专职社区工作者": AppointmentKind.FULL_TIME,
        "居委会委员": AppointmentKind.COMMITTEE,
        "居委会主任": AppointmentKind.COMMITTEE,
        "社区党组织书记": AppointmentKind.PARTY,
    }
    shares = [row.share for row in rows]
    assert (shares.count(Decimal("0.5")), shares.count(Decimal(1))) == (4, 36)


def test_who_holds_two_posts_in_one_community_counts_once(browser, villages):
    browser.sign_in(villages["account"])
    confirm(browser, appointments(browser, "appointments.xls"))
    fourth = villages["东湖四"]
    held = db.session.query(Appointment).filter_by(office_id=fourth.id).all()
    until = {
        on: row_of(browser.visit(f"/staffing/?on={on}"), fourth)["People counted"]
        for on in ("2026-03-31", "2026-04-01")
    }
    assert len(held) == 11
    assert until == {"2026-03-31": "10", "2026-04-01": "8"}
    page = browser.visit(f"/staffing/{fourth.id}?on=2026-03-31")
    assert len([t for t in page.said("tr") if t.startswith("韩一红")]) == 1


def test_the_same_appointments_once_more_change_nothing(browser, villages):
    browser.sign_in(villages["account"])
    confirm(browser, appointments(browser, "appointments.xls"))
    page = appointments(browser, "appointments.xls")
    assert "unchanged: 40" in page.words
    assert not [f for f in page.all("form") if "confirmation" in (f.get("action") or "")]
    assert (db.session.query(Appointment).count(), db.session.query(Person).count()) == (40, 39)


def test_a_person_on_record_is_found_by_the_document_wherever_known(browser, villages):
    browser.sign_in(villages["account"])
    confirm(
        browser,
        appointments(
            browser,
            "a.csv",
            table(["东湖第一社区", "马浩", VALID, "网格员", "2023/3/29", "", "是"]),
        ),
    )
    row = ["东湖第二社区", "马浩", VALID, "居委会委员", "2024年1月1日", "", "是"]
    page = appointments(browser, "a.csv", table(row))
    assert "will be written down as staff" not in page.words
    confirm(browser, page)
    person = db.session.query(Person).one()
    assert db.session.query(Appointment).filter_by(person_id=person.id).count() == 2
    assert db.session.get(Tie, (person.id, villages["东湖二"].id))


def test_an_end_that_the_file_now_knows_is_written_and_leave_is_kept(browser, villages):
    browser.sign_in(villages["account"])
    row = ["东湖第一社区", "马浩", VALID, "网格员", "2023-03-29", "", "是"]
    confirm(browser, appointments(browser, "a.csv", table(row)))
    held = db.session.query(Appointment).one()
    browser.send(
        f"/staffing/appointments/{held.id}/edit",
        office=held.office_id, kind="grid", post="网格员", share="1", starts_on="2023-03-29",
        on_leave="y",
    )  # fmt: skip
    row[5] = "2026-05-31"
    page = appointments(browser, "a.csv", table(row))
    assert "its terms will be changed to those of the file" in said(page, 2)
    confirm(browser, page)
    db.session.expire_all()
    assert (held.ends_on, held.on_leave) == (date(2026, 6, 1), True)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({0: "别处社区"}, "A2 “别处社区” is not an office for which you may enter staffing."),
        ({1: ""}, "B2 This cell must not be empty."),
        ({2: "110105198204239233"}, "C2 The last character does not fit the others."),
        ({2: "1.10105E+17"}, "C2 The spreadsheet program turned this number into “1.10105E+17”"),
        ({3: ""}, "D2 This cell must not be empty."),
        ({4: "2023-02-30"}, "E2 There is no such day as “2023-02-30”."),
        ({5: "2022-01-01"}, "F2 The last day, Sat 1 Jan 2022, is before the first day"),
        ({6: "也许"}, "G2 “也许” is neither yes nor no."),
    ],
)
def test_a_wrong_cell_is_named_with_row_column_and_sentence(browser, villages, change, sentence):
    row = ["东湖第一社区", "马浩", VALID, "网格员", "2023-03-29", "", "是"]
    for column, value in change.items():
        row[column] = value
    page = appointments(browser.sign_in(villages["account"]), "a.csv", table(row))
    assert sentence in said(page, 2)
    assert "refused: 1" in page.words
    assert not [f for f in page.all("form") if "confirmation" in (f.get("action") or "")]


def test_contradictions_inside_the_file_and_with_the_record_are_said(browser, villages):
    browser.sign_in(villages["account"])
    base = ["东湖第一社区", "马浩", VALID, "网格员", "2023-03-29", "", "是"]
    page = appointments(
        browser,
        "a.csv",
        table(
            base,
            base,
            [*base[:1], "马皓", *base[2:]],
            [*base[:4], "2024-01-01", "", "是"],
            [*base[:3], "门卫", "2023-03-29", "", "否"],
        ),
    )
    assert "The same appointment stands in row 2 already." in said(page, 3)
    assert "Row 2 has the same document under another name." in said(page, 4)
    assert "This person holds the same post at this office" in said(page, 5)
    assert "“门卫” is no post that is known here" in said(page, 6)
    assert "Not full-time: kept with a share of 0.5." in said(page, 6)
    confirm(browser, page)
    page = appointments(browser, "a.csv", table([*base[:1], "马皓", *base[2:]]))
    assert "This document is on record under another name." in said(page, 2)


def test_a_file_that_is_no_table_is_refused_beside_its_field(browser, villages):
    browser.sign_in(villages["account"])
    page = hand_in(browser, "population", "a.csv", b"a,b\r\n1,2\r\n", status=422)
    assert "These columns are missing: 社区, 统计日期, 数据来源." in page.words
    page = hand_in(browser, "population", "a.pdf", b"%PDF-", status=422)
    assert "Only .xlsx, .xls and .csv files are read." in page.words
    page = browser.send("/staffing/appointments/imports", status=422, part="0.5")
    assert "Choose a file." in page.words
    assert db.session.query(StoredFile).count() == 0


def test_an_upload_is_sealed_and_only_its_own_account_sees_it(browser, villages):
    browser.sign_in(villages["account"])
    appointments(
        browser, "a.csv", table(["东湖第一社区", "马浩", VALID, "网格员", "2023-03-29", "", ""])
    )
    file = db.session.query(StoredFile).one()
    assert VALID.encode() not in file.content
    other = make.account(Role.MANAGER, villages["东湖一"].parent.parent)
    browser.sign_in(other)
    browser.visit(f"/staffing/appointments/imports/{file.id}", status=404)
    url = f"/staffing/appointments/imports/{file.id}/confirmation"
    browser.send(url, status=404, digest=file.digest)
    assert db.session.query(Appointment).count() == 0


def test_a_file_other_than_the_one_looked_at_is_not_written(browser, villages):
    browser.sign_in(villages["account"])
    hand_in(browser, "population", "population.xlsx")
    file = db.session.query(StoredFile).one()
    url = f"/staffing/population/imports/{file.id}/confirmation"
    browser.send(url, status=409, digest="0" * 64)
    assert db.session.query(Population).count() == 0


def test_the_queries_of_a_dry_run_do_not_grow_with_its_rows(browser, villages):
    browser.sign_in(villages["account"])
    staff(villages["东湖一"])
    rows = [["东湖第一社区", "马浩", VALID, "网格员", "2023-03-29", "", "是"]]
    url = hand_in_url(browser, table(*rows))
    with queries() as few:
        browser.visit(url)
    url = hand_in_url(browser, (FILES / "appointments.xls").read_bytes(), "a.xls")
    with queries() as many:
        browser.visit(url)
    assert len(many) == len(few)


def hand_in_url(browser, content, name="a.csv"):
    sent = {"file": (BytesIO(content), name), "part": "0.5"}
    return browser.send("/staffing/appointments/imports", files_=True, **sent).location
