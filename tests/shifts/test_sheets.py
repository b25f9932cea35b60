"""The sheet of paper: keyed in at once, or not at all, with its picture."""

from datetime import timedelta
from io import BytesIO

import make
import papers
import plan
import pytest
from the_day import at, records, set_, taken

from talent.db import db
from talent.hours.models import Origin, RecordState
from talent.shifts.models import AttendanceSource, AttendanceState
from talent.shifts.sheets.models import SignedSheet

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def three(office, shift):
    return [plan.place(shift, make.person(n, at=office)) for n in ("李建国", "王秀兰", "赵敏")]


def test_a_whole_sheet_is_keyed_in_at_once(browser, shift, three, leader, clock):
    li, wang_, zhao = three
    clock.move_to(make.hours_later(5))
    browser.sign_in(leader)
    path = f"/shifts/{shift.id}/sheet"
    assert "李建国" in browser.visit(path).words
    browser.send(path, rest="missed", **{
        f"came_{li.id}": "10:00", f"left_{li.id}": "12:30",
        f"came_{wang_.id}": "09:50", f"left_{wang_.id}": "13:00",
    })  # fmt: skip
    row = taken(li)
    assert (row.in_at, row.out_at) == (make.hours_later(1), make.hours_later(3.5))
    assert {row.in_source, row.out_source} == {AttendanceSource.SHEET}
    assert taken(zhao).state is AttendanceState.ABSENT
    at(clock, 5)
    assert sorted(r.claimed_minutes for r in records()) == [150, 180]
    assert {r.origin for r in records()} == {Origin.SHEET}
    assert {r.state for r in records()} == {RecordState.PENDING}  # no picture of it was kept


def test_one_wrong_line_writes_nothing_and_says_so_beside_it(browser, shift, three, leader, clock):
    li, wang_, zhao = three
    clock.move_to(make.hours_later(5))
    page = browser.sign_in(leader).send(f"/shifts/{shift.id}/sheet", status=422, **{
        f"came_{li.id}": "10:00", f"left_{li.id}": "12:30",
        f"came_{wang_.id}": "11:00", f"left_{wang_.id}": "10:30",
        f"left_{zhao.id}": "12:00",
    })  # fmt: skip
    (said,) = page.all("p", id=f"left_{wang_.id}-error")
    assert "later than the sign-in" in "".join(said.itertext())
    (said,) = page.all("p", id=f"came_{zhao.id}-error")
    assert "Enter when" in "".join(said.itertext())
    assert page.all("input", name=f"left_{li.id}")[0].get("value") == "12:30"
    assert [taken(one) for one in three] == [None] * 3


def test_names_without_times_stay_open_and_times_that_stand_keep_their_source(
    browser, shift, three, leader, clock
):
    li, wang_, zhao = three
    plan.attended(li, came=1 + 37 / 3600)
    set_(taken(li), in_source=AttendanceSource.QR)
    clock.move_to(make.hours_later(3))
    browser.sign_in(leader)
    page = browser.visit(f"/shifts/{shift.id}/sheet")
    assert page.all("input", name=f"came_{li.id}")[0].get("value") == "10:00"
    browser.send(f"/shifts/{shift.id}/sheet", rest="unfilled", **{
        f"came_{li.id}": "10:00", f"came_{wang_.id}": "10:15",
    })  # fmt: skip
    assert taken(li).in_source is AttendanceSource.QR
    assert taken(li).in_at == make.hours_later(1) + timedelta(seconds=37)
    assert taken(wang_).state is AttendanceState.PRESENT
    assert taken(zhao) is None


def test_the_picture_of_the_sheet_is_kept_and_shown_with_the_records(
    browser, office, shift, wang, leader, clock
):
    plan.attended(plan.place(shift, wang.person), came=1, left=3)
    at(clock, 5)
    browser.sign_in(leader)
    path = f"/shifts/{shift.id}/sheet/pictures"
    page = browser.send(path, status=422, files_=True, picture=(BytesIO(b"words"), "list.txt"))
    assert "Only PDF, PNG and JPEG files are taken as evidence." in page.words
    browser.send(path, status=422, files_=True)
    browser.send(path, files_=True, picture=(BytesIO(papers.PNG), "签到表.png"))
    assert "签到表.png" in browser.visit(f"/shifts/{shift.id}/sheet").words
    (record,) = records()
    sheet = db.session.query(SignedSheet).one().id
    browser.sign_in(plan.coordinator(office))
    assert "签到表.png" in browser.visit(f"/hours/{record.id}").words
    assert browser.get(f"/shifts/sheets/{sheet}").data == papers.PNG
    browser.sign_in(wang)
    assert "签到表.png" not in browser.visit(f"/hours/{record.id}").words
    browser.visit(f"/shifts/sheets/{sheet}", status=403)
    browser.sign_in(plan.coordinator(make.office("夏荷社区")))
    browser.visit(f"/shifts/sheets/{sheet}", status=404)
