"""A list of people for one shift: every row looked at, then all of them or nobody."""

from datetime import timedelta
from io import BytesIO

import make
import plan
import pytest
from sqlalchemy import func, select

from talent.access import Role
from talent.db import db, writing
from talent.files import StoredFile
from talent.messages.models import Message, MessageKind
from talent.people.models import RegistrationState
from talent.people.particulars.service import document_index
from talent.rules.identity import DocumentKind
from talent.rules.signup import SignupState
from talent.seal import blind_index
from talent.sheets.opening import MOST_BYTES, FileTrouble, Unreadable
from talent.sheets.writing import write_xlsx
from talent.shifts.importing import service
from talent.shifts.models import Signup

pytestmark = pytest.mark.usefixtures("clock")
HEAD = "姓名,志愿者编号,联系电话,证件号码,岗位"


@pytest.fixture
def shift(office):
    return plan.shift(plan.project(office))


@pytest.fixture
def clerk(office, browser):
    return browser.sign_in(plan.coordinator(office))


def handed_in(clerk, shift, *rows, status=303, name="list.csv", content=None):
    content = content if content is not None else "\n".join([HEAD, *rows]).encode()
    sent = {"file": (BytesIO(content), name)}
    return clerk.send(f"/shifts/{shift.id}/list", status=status, files_=True, **sent)


def looked_at(clerk, shift, *rows, **more):
    """The dry run's page, and the act that confirms it."""
    address = handed_in(clerk, shift, *rows, **more).location
    page = clerk.visit(address)
    [digest] = [e.get("value") for e in page.all("input", name="digest")]

    def confirm(status=303, **fields):
        return clerk.send(f"{address}/confirmation", status=status, digest=digest, **fields)

    return page, confirm


def row(page, number):
    return page.said("tr", id=f"row-{number}")[0]


def names(shift):
    db.session.rollback()
    rows = db.session.query(Signup).filter_by(shift_id=shift.id, state=SignupState.CONFIRMED)
    return {one.person.name for one in rows}


def known(office, name="陈静", *, phone=None, document=None, **more):
    """A volunteer with a phone number and a document by which he is found."""
    if phone:
        more |= {"phone": phone, "phone_index": blind_index("phone", phone)}
    if document:
        kind = DocumentKind.RESIDENT_ID
        more |= {
            "document_kind": kind, "document": document,
            "document_index": document_index(kind, document),
        }  # fmt: skip
    return make.person(name, at=office, **more)


def mails():
    query = select(func.count()).select_from(Message).where(Message.kind == MessageKind.SIGNED_UP)
    return db.session.scalar(query)


def test_people_are_found_by_volunteer_number_phone_or_document(clerk, office, shift):
    number = make.resident_id()
    chen = known(office, "陈静")
    known(office, "赵云", phone="+8613800138000")
    known(office, "王秀兰", document=number)
    page, confirm = looked_at(
        clerk, shift, f"陈静,{chen.volunteer_no},,,", "赵云,,138 0013 8000,,送餐员",
        f"王秀兰,,,{number},",
    )  # fmt: skip
    assert number not in page.text
    assert names(shift) == set()  # looking writes nothing
    confirm()
    assert names(shift) == {"陈静", "赵云", "王秀兰"}
    assert (plan.taken(shift), mails()) == ([3], 3)


def test_pasted_rows_are_read_as_well(clerk, office, shift):
    chen = known(office)
    pasted = f"姓名\t志愿者编号\n陈静\t{chen.volunteer_no}\n"
    to = clerk.send(f"/shifts/{shift.id}/list", pasted=pasted).location
    assert "陈静" in row(clerk.visit(to), 2)


def test_a_workbook_is_read(clerk, office, shift):
    chen = known(office)
    content = write_xlsx("名单", ["姓名", "志愿者编号"], [["陈静", chen.volunteer_no]])
    page, confirm = looked_at(clerk, shift, name="list.xlsx", content=content)
    assert "陈静" in row(page, 2)
    confirm()
    assert names(shift) == {"陈静"}


def test_the_same_list_twice_changes_nothing_and_tells_nobody_again(clerk, office, shift):
    chen = known(office)
    for turn in range(2):
        page, confirm = looked_at(clerk, shift, f"陈静,{chen.volunteer_no},,,")
        if turn:
            assert "Has a place already; nothing changes." in row(page, 2)
        confirm()
    assert (plan.states(shift), plan.taken(shift), mails()) == ({"confirmed": 1}, [1], 1)


@pytest.mark.parametrize(
    ("written", "cell", "said"),
    [
        ("陈静,,,,", None, "A volunteer number, a phone number or the number"),
        (",{no},,,", "A2", "This cell must not be empty."),
        ("陈静,V9999999,,,", "B2", "Nobody whom your offices know is found so."),
        ("陈静,,12,,", "C2", "is not a phone number"),
        ("李敏,{no},,,", "A2", "on record under another name"),
        ("陈静,{no},,,司机", "E2", "“司机” is not a position of this shift."),
        ("陈静,,,1.10105E+17,", "D2", "its last digits are lost"),
        ("=1+1,{no},,,", "A2", "on record under another name"),
    ],
)
def test_the_row_and_the_cell_that_are_wrong_are_named(clerk, office, shift, written, cell, said):
    chen = known(office)
    page, confirm = looked_at(clerk, shift, written.format(no=chen.volunteer_no))
    assert said in row(page, 2)
    if cell:
        assert cell in row(page, 2)
    confirm(status=409)
    confirm(status=409, leave_out="1")
    assert names(shift) == set()


def test_numbers_that_lead_to_two_people_are_refused(clerk, office, shift):
    chen = known(office, "陈静")
    known(office, "赵云", phone="+8613800138000")
    page, _ = looked_at(clerk, shift, f"陈静,{chen.volunteer_no},13800138000,,")
    assert "Nobody whom your offices know" in row(page, 2)


def test_two_of_one_name_behind_one_phone_ask_for_the_volunteer_number(clerk, office, shift):
    for _ in range(2):
        known(office, "陈静", phone="+8613800138000")
    known(office, "陈父", phone="+8613800138000")
    page, _ = looked_at(clerk, shift, "陈静,,13800138000,,", "陈父,,13800138000,,")
    assert "Several people are found so." in row(page, 2)
    assert "will be taken" in row(page, 3)


def test_the_law_is_asked_of_every_row(clerk, office, shift):
    paused = known(office, "赵云", state=RegistrationState.PAUSED)
    page, confirm = looked_at(clerk, shift, f"赵云,{paused.volunteer_no},,,")
    assert "Only an active volunteer can take a place." in row(page, 2)
    confirm(status=409, leave_out="1")


def test_one_bad_row_stops_all_unless_it_is_left_out(clerk, office, shift):
    chen = known(office)
    rows = (f"陈静,{chen.volunteer_no},,,", "远人,V9999999,,,")
    page, confirm = looked_at(clerk, shift, *rows)
    assert "Leave out the rows with problems" in page.words
    assert "There are rows with problems" in confirm(status=409).words
    assert names(shift) == set()
    confirm(leave_out="1")
    assert names(shift) == {"陈静"}


def test_there_are_never_more_than_the_places(clerk, office):
    shift = plan.shift(plan.project(office), places=2)
    people = [known(office, name) for name in ("陈静", "赵云", "钱二")]
    page, confirm = looked_at(clerk, shift, *[f"{p.name},{p.volunteer_no},,," for p in people])
    assert "Every place on this shift is taken." in row(page, 4)
    confirm(status=409)
    confirm(leave_out="1")
    assert (plan.taken(shift), names(shift)) == ([2], {"陈静", "赵云"})


def test_the_position_is_asked_where_there_are_several(clerk, office):
    shift = plan.shift(plan.project(office, positions=("送餐员", "司机")), places=(1, 1))
    chen, zhao = known(office, "陈静"), known(office, "赵云")
    page, confirm = looked_at(
        clerk, shift, f"陈静,{chen.volunteer_no},,,", f"赵云,{zhao.volunteer_no},,,司机"
    )
    assert "E2" in row(page, 2)
    assert "Say which position: 送餐员, 司机." in row(page, 2)
    confirm(leave_out="1")
    assert plan.taken(shift) == [0, 1]


def test_a_person_twice_in_the_list_has_one_place(clerk, office, shift):
    chen = known(office, phone="+8613800138000")
    page, confirm = looked_at(clerk, shift, f"陈静,{chen.volunteer_no},,,", "陈静,,13800138000,,")
    assert "The same person stands in row 2 already." in row(page, 3)
    confirm()
    assert plan.taken(shift) == [1]


def test_who_waits_moves_up_when_the_list_names_him(clerk, office, shift):
    chen = known(office)
    plan.place(shift, chen, state=SignupState.WAITING)
    _, confirm = looked_at(clerk, shift, f"陈静,{chen.volunteer_no},,,")
    confirm()
    assert plan.states(shift) == {"confirmed": 1}


def test_people_whom_only_other_offices_know_are_not_found(clerk, shift):
    far = known(make.office("秋水社区"), "陈静")
    page, _ = looked_at(clerk, shift, f"陈静,{far.volunteer_no},,,")
    assert "Nobody whom your offices know is found so." in row(page, 2)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("list.pdf", b"%PDF-1.7"),
        ("list.csv", b""),
        ("list.csv", "甲,乙\n1,2".encode()),
        ("list.xlsx", b"no workbook"),
        ("list.csv", "\n".join([HEAD, *["陈静,V1,,,"] * 501]).encode()),
    ],
)
def test_what_is_no_list_is_refused_beside_the_field(clerk, shift, name, content):
    page = handed_in(clerk, shift, name=name, content=content, status=422)
    assert page.all("p", id="file-error")
    assert db.session.scalar(select(func.count()).select_from(StoredFile)) == 0


def test_a_file_that_is_too_large_is_not_even_opened(office):
    actor = plan.coordinator(office).actor
    with writing(), pytest.raises(Unreadable) as refused:
        service.keep("list.csv", b"x" * (MOST_BYTES + 1), actor=actor, now=make.NOW)
    assert refused.value.because.why is FileTrouble.TOO_LARGE


def test_nothing_handed_in_is_said_so(clerk, shift):
    page = clerk.send(f"/shifts/{shift.id}/list", status=422)
    assert "Choose a file, or paste the rows." in page.words
    page = clerk.send(f"/shifts/{shift.id}/list", status=422, pasted="没有标题")
    assert "没有标题" in page.text
    assert page.all("p", id="pasted-error")


def test_a_list_is_the_shifts_and_the_accounts_own_and_lies_sealed(clerk, office, shift):
    chen = known(office)
    address = handed_in(clerk, shift, f"陈静,{chen.volunteer_no},,,").location
    kept = db.session.scalars(select(StoredFile)).one()
    assert chen.volunteer_no.encode() not in kept.content
    clerk.send(f"{address}/confirmation", status=409, digest="0" * 64)
    clerk.sign_in(plan.coordinator(office)).visit(address, status=404)
    clerk.sign_in(plan.coordinator(make.office("秋水社区"))).visit(address, status=404)
    clerk.sign_in(make.account(Role.LEADER, office)).visit(address, status=403)


def test_a_list_that_nobody_confirms_is_forgotten(clerk, office, shift):
    handed_in(clerk, shift, f"陈静,{known(office).volunteer_no},,,")
    with writing():
        assert service.forget_lists(make.NOW - timedelta(days=1)) == 0
        assert service.forget_lists(make.NOW + timedelta(minutes=1)) == 1
