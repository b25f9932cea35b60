"""Whoever may join files sees what is alike, looks at both, sees what happens, and can go back."""

from datetime import timedelta

import make
import pytest
from counting import queries
from joined import join
from sqlalchemy import select

from talent.access import SYSTEM, Role
from talent.db import db, writing
from talent.merging import jobs
from talent.merging.models import Merge, Pair
from talent.messages.models import Message, MessageKind
from talent.offices.models import OfficeKind
from talent.people.models import Person
from talent.people.particulars.service import document_index
from talent.rules.identity import DocumentKind
from talent.staffing.appointments import service as appointments
from talent.staffing.appointments.service import Terms
from talent.staffing.models import AppointmentKind


@pytest.fixture
def street(app, clock):
    return make.office("东街街道", kind=OfficeKind.STREET)


@pytest.fixture
def here(street):
    return make.office("春风社区", parent=street)


@pytest.fixture
def manager(browser, here):
    return browser.sign_in(make.account(Role.MANAGER, here))


def pair(here, **more):
    return make.person("王秀兰", at=here), make.person("王秀兰", at=here, **more)


def compared():
    jobs.compare(make.NOW + timedelta(hours=1))


def marked(page):
    return page.all("input", name="seen")[0].get("value")


def test_files_that_look_alike_are_listed_with_the_reason(manager, here):
    one, other = pair(here)
    compared()
    page = manager.visit("/merging/")
    assert one.volunteer_no in page.text
    assert other.volunteer_no in page.text
    assert "The same name and birth date" in page.text


def test_a_pair_is_shown_to_who_may_see_both(browser, manager, here, street):
    elsewhere = make.office("和平社区", parent=street)
    make.person("王秀兰", at=here)
    make.person("王秀兰", at=elsewhere)
    compared()
    assert "The same name" not in manager.visit("/merging/").text
    above = browser.application.test_client().speak("en")
    above.sign_in(make.account(Role.MANAGER, street))
    assert "The same name" in above.visit("/merging/").text


def test_who_says_that_they_are_two_people_is_not_asked_again(manager, here):
    one, other = pair(here)
    compared()
    manager.send(f"/merging/people/{one.id}/{other.id}/difference", why="母女")
    with writing():
        for each in (one, other):
            db.session.get(Person, each.id).changed_at = make.NOW + timedelta(minutes=5)
    compared()
    assert one.volunteer_no not in manager.visit("/merging/").text
    assert "母女" in manager.visit("/merging/?apart=1").text
    number = db.session.scalars(select(Pair.id)).one()
    manager.send(f"/merging/pairs/{number}/reopening")
    assert one.volunteer_no in manager.visit("/merging/").text


def test_two_files_are_looked_at_joined_as_shown_and_parted(manager, here):
    target, source = pair(here, area="北街")
    make.record(source, here, 90)
    page = manager.visit(f"/merging/people/{target.id}/{source.id}")
    assert "北街" in page.text
    asked = f"/merging/people/{target.id}/{source.id}/joining?area=source"
    page = manager.visit(asked)
    assert "1 h 30 min" in page.text
    refused = manager.send(asked, status=422, seen=marked(page), why="", papers_seen="y")
    assert "There is a problem" in refused.text
    manager.send(asked, seen=marked(page), why="同一个人", papers_seen="y")
    db.session.expire_all()
    assert db.session.get(Person, target.id).area == "北街"
    merge = db.session.scalars(select(Merge)).one()
    told = select(Message.person_id).where(Message.kind == MessageKind.FILES_JOINED)
    assert db.session.scalars(told).all() == [target.id]
    assert source.volunteer_no in manager.visit("/merging/joined").text
    page = manager.visit(f"/merging/joined/{merge.id}")
    assert "Part the files" in page.text
    manager.send(f"/merging/joined/{merge.id}/parting", status=422, why="")
    manager.send(f"/merging/joined/{merge.id}/parting", why="两个人")
    db.session.expire_all()
    assert db.session.get(Person, source.id).merged_into_person_id is None
    assert "two again" in manager.visit(f"/merging/joined/{merge.id}").text


def test_papers_that_differ_have_to_be_seen(manager, here):
    target, source = pair(here)
    for number, each in enumerate((target, source), 1):
        with writing():
            row = db.session.get(Person, each.id)
            row.document_kind = DocumentKind.RESIDENT_ID
            row.document = make.resident_id(serial=number)
            row.document_index = document_index(row.document_kind, row.document)
    asked = f"/merging/people/{target.id}/{source.id}/joining"
    page = manager.visit(asked)
    said = manager.send(asked, status=422, seen=marked(page), why="同一个人")
    assert "Confirm that you have seen the documents" in said.text


def test_what_changed_since_it_was_shown_is_shown_again(manager, here):
    target, source = pair(here)
    asked = f"/merging/people/{target.id}/{source.id}/joining"
    page = manager.visit(asked)
    make.signup(make.shift(make.project(here)), source)
    said = manager.send(asked, status=422, seen=marked(page), why="同一个人", papers_seen="y")
    assert "Something changed since you looked" in said.text
    manager.send(asked, seen=marked(said), why="同一个人", papers_seen="y")


def test_an_old_address_leads_to_the_file_that_stayed(manager, here, browser, street):
    target, source = pair(here)
    join(source, target)
    answer = manager.get(f"/people/{source.id}")
    assert answer.status_code == 302
    assert answer.location.endswith(f"/people/{target.id}")
    other = browser.application.test_client().speak("en")
    other.sign_in(make.account(Role.MANAGER, make.office("和平社区", parent=street)))
    assert other.get(f"/people/{source.id}").status_code == 404


def test_an_emptied_file_is_in_no_list_and_takes_nothing(manager, here):
    target, source = pair(here)
    join(source, target)
    assert source.volunteer_no not in manager.visit("/people/?q=wangxiulan").text
    assert manager.get(f"/people/{source.id}/edit").status_code == 404


def test_whose_account_was_closed_is_signed_out_and_told(browser, here):
    target, source = make.person("王秀兰", at=here), make.person("王秀兰", at=here)
    make.account(person=target)
    reader = browser.sign_in(make.account(person=source))
    join(source, target)
    assert reader.get("/people/me").status_code == 303
    told = select(Message).where(Message.kind == MessageKind.ACCOUNT_CLOSED)
    assert db.session.scalars(told).one().account_id


def test_two_files_of_another_office_are_not_there(manager, street):
    elsewhere = make.office("和平社区", parent=street)
    one, other = make.person("王秀兰", at=elsewhere), make.person("王秀兰", at=elsewhere)
    assert manager.get(f"/merging/people/{one.id}/{other.id}").status_code == 404
    merge = join(other, one)
    assert manager.get(f"/merging/joined/{merge.id}").status_code == 404


def test_a_page_of_pairs_asks_as_often_for_three_as_for_one(manager, here):
    pair(here)
    compared()
    with queries() as one:
        manager.visit("/merging/")
    for name in ("李红", "张伟"):
        make.person(name, at=here)
        make.person(name, at=here)
    compared()
    with queries() as three:
        manager.visit("/merging/")
    assert len(three) == len(one)


def test_the_pages_say_it_in_chinese(manager, here):
    target, source = pair(here)
    compared()
    manager.speak("zh")
    assert "疑似重复" in manager.visit("/merging/").text
    assert manager.visit(f"/merging/people/{target.id}").status == 200
    assert manager.visit(f"/merging/people/{target.id}?q={source.volunteer_no}").status == 200


@pytest.mark.parametrize(
    ("post", "last", "warned"),
    [("", None, True), ("网格员", None, False), ("", make.TODAY - timedelta(days=100), False)],
)
def test_a_post_that_both_files_hold_at_once_is_named_before_they_are_joined(
    manager, here, post, last, warned
):
    one, other = pair(here)
    terms = {"kind": AppointmentKind.FULL_TIME}
    with writing():
        for person, more in (
            (one, {"starts_on": make.TODAY - timedelta(days=90)}),
            (
                other,
                {"starts_on": make.TODAY - timedelta(days=400), "post": post, "last_day": last},
            ),
        ):
            appointments.appoint(person, here, Terms(**terms, **more), actor=SYSTEM, now=make.NOW)
    page = manager.visit(f"/merging/people/{one.id}/{other.id}/joining")
    assert ("hold the same post at the same time" in page.words) == warned
