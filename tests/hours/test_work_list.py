"""The office's work list: each part with its number, narrowed, page by page."""

from datetime import timedelta

import make
import pytest
from counting import queries

from talent.access import Role
from talent.db import db, writing
from talent.hours.models import Origin, RecordFlag, RecordState, ServiceRecord, Waits
from talent.hours.recording import service as recording
from talent.hours.service import PAGE
from talent.rules.doubts import DoubtKind, Seen
from talent.rules.reason import Because, packed

PENDING = RecordState.PENDING
RECORDED = make.NOW + timedelta(hours=1)


@pytest.fixture
def reader(browser, clock, community):
    return browser.sign_in(make.account(Role.COORDINATOR, community))


def waiting(office, name="王秀兰", minutes=120, *, waits=Waits.APPROVAL, **more):
    state = RecordState.PENDING_ABOVE if waits is Waits.LEVEL_ABOVE else PENDING
    person = more.pop("person", None) or make.person(name, at=office)
    return make.record(person, office, minutes, state=state, waits_for=waits, **more)


def flagged(record, kind=DoubtKind.DEVICE):
    seen = packed(Because(Seen.DEVICE, {"people": 3, "least": 3}))
    make.saved(RecordFlag(record_id=record.id, kind=kind, facts=seen, raised_at=make.NOW))
    return record


def cards(page):
    return len(page.all("article"))


ONE_EACH = {
    "/hours/review": 6,
    "/hours/review/sign-outs": 1,
    "/hours/review/long-days": 1,
    "/hours/review/level-above": 1,
    "/hours/review/by-hand": 1,
    "/hours/review/doubted": 2,
    "/hours/review/overdue": 1,
}


def test_each_part_has_its_address_and_its_number(reader, community):
    waiting(community, waits=Waits.SIGN_OUT)
    waiting(community, minutes=500, waits=Waits.LONG_DAY)
    waiting(community, minutes=780, waits=Waits.LEVEL_ABOVE)
    waiting(community, waits=Waits.SECOND_PERSON, origin=Origin.HAND, evidence="照片")
    flagged(waiting(community, waits=Waits.FLAG))
    waiting(community, due_on=make.TODAY - timedelta(days=1))
    flagged(make.record(make.person("已批准", at=community), community))
    make.record(make.person("与此无关", at=community), community)
    page = reader.visit("/hours/review")
    for shown in (
        "To be approved (6)", "Sign-out missing (1)", "Long days (1)", "For the level above (1)",
        "Entered by hand (1)", "Noticed (2)", "Overdue (1)", "Said to be wrong (0)",
    ):  # fmt: skip
        assert shown in page.words, shown
    assert {path: cards(reader.visit(path)) for path in ONE_EACH} == ONE_EACH
    assert "与此无关" not in page.words
    reader.visit("/hours/review/none-such", status=404)


def test_recording_says_why_a_record_waits(community):
    project = make.project(community)
    long = make.shift(project, start=-27, hours=9)
    over = make.shift(project, start=-33, hours=13)
    short = make.shift(project, start=-4, hours=3)
    people = {name: make.person(name, at=community) for name in ("长", "更长", "没签退", "好")}
    make.attended(long, people["长"], left=540)
    make.attended(over, people["更长"], left=780)
    make.attended(short, people["没签退"])
    make.attended(short, people["好"], left=180)
    with writing():
        recording.record_attendance(RECORDED)
    found = {name: _of(person).waits_for for name, person in people.items()}
    assert found == {
        "长": Waits.LONG_DAY, "更长": Waits.LEVEL_ABOVE, "没签退": Waits.SIGN_OUT, "好": None,
    }  # fmt: skip


def _of(person):
    return db.session.query(ServiceRecord).filter_by(person_id=person.id).one()


def test_it_is_narrowed_by_office_project_person_and_source(browser, clock, street, community):
    other = make.office("梧桐社区", parent=street)
    shift = make.shift(make.project(community, name="义诊"), start=-4, hours=3)
    one = waiting(community, "欧阳明月", shift_id=shift.id)
    waiting(other, "李四", origin=Origin.HAND)
    browser.sign_in(make.account(Role.MANAGER, street))
    expected = {
        "": 2,
        f"office={community.id}": 1,
        f"office={street.id}": 2,
        f"project={shift.project_id}": 1,
        "person=ouyang": 1,
        "person=%E6%9D%8E": 1,
        "person=nobody": 0,
        "kind=verified": 1,
        "kind=stated": 1,
        f"office={community.id}&kind=stated": 0,
        "kind=unknown&project=x&office=": 2,
    }
    for query, number in expected.items():
        page = browser.visit(f"/hours/review?{query}")
        assert (cards(page), f"To be approved ({number})" in page.words) == (number, True), query
    assert f"record-{one.id}" in browser.visit("/hours/review?person=oymy").text
    browser.sign_in(make.account(Role.MANAGER, other))
    browser.visit(f"/hours/review?office={community.id}", status=404)
    assert cards(browser.visit(f"/hours/review?project={shift.project_id}")) == 0


def test_the_next_page_goes_on_after_the_last_one_and_keeps_what_was_narrowed(reader, community):
    person = make.person(at=community)
    for number in range(PAGE + 2):
        waiting(community, person=person, activity=f"第{number}次")
    page = reader.visit("/hours/review?kind=verified")
    assert cards(page) == PAGE
    assert f"Approve all {PAGE + 2} that are listed" in page.words
    onward = next(a for a in page.all("a", rel="next"))
    assert "kind=verified" in onward.get("href")
    assert cards(reader.visit(onward.get("href"))) == 2


def test_a_line_says_all_that_a_decision_needs(reader, community):
    flagged(
        waiting(community, origin=Origin.HAND, evidence="签到表第三页", waits=Waits.SECOND_PERSON)
    )
    words = reader.visit("/hours/review/by-hand").words
    for shown in (
        "王秀兰", "为老送餐", "2 h", "Entered by hand", "Entered by hand: a second person",
        "签到表第三页", "One phone signed in 3 people", "Look into it", "Look into it first",
        "Refuse",
    ):  # fmt: skip
        assert shown in words, shown


@pytest.mark.parametrize(
    ("who", "said"),
    [
        ("own", "Nobody approves hours of his own."),
        ("ward", "Nobody approves the hours of a child of his own."),
        ("entered", "approved by someone other than who entered them"),
        ("imported", "approved by someone other than who entered them"),
        ("level", "approved by the level above the office"),
        ("nothing", None),
    ],
)
def test_what_the_reader_may_not_approve_says_why(browser, clock, community, who, said):
    reader = make.account(Role.COORDINATOR, community, person=make.person("我", at=community))
    waits, more = Waits.APPROVAL, {}
    if who == "own":
        more["person"] = reader.person
    if who == "ward":
        more["person"] = make.person("小雨", at=community, guardian_id=reader.person_id)
    if who in {"entered", "imported"}:
        origin = Origin.HAND if who == "entered" else Origin.IMPORTED
        more |= {"origin": origin, "evidence": "表", "entered_by": reader.id}
    if who == "level":
        waits = Waits.LEVEL_ABOVE
    one = waiting(community, waits=waits, **more)
    browser.sign_in(reader)
    page = browser.visit("/hours/review")
    assert (said is None) or said in page.words
    assert bool(page.all("input", name="record")) == (said is None)
    browser.send(f"/hours/{one.id}/approval", status=409 if said else 303)


def test_an_auditor_reads_and_decides_nothing(browser, clock, community):
    waiting(community)
    page = browser.sign_in(make.account(Role.AUDITOR, community)).visit("/hours/review")
    assert cards(page) == 1
    assert not page.all("input", name="record")
    assert not page.all("form", method="post", class_="act")


@pytest.mark.parametrize("path", ["/hours/review", "/hours/review/doubted"])
def test_a_longer_list_asks_no_more_questions(reader, community, path):
    flagged(waiting(community, "一", origin=Origin.HAND, evidence="表", entered_by=1))
    reader.visit(path)
    with queries() as few:
        reader.visit(path)
    for number in range(4):
        account = make.account(Role.LEADER, community, person=make.person(f"甲{number}"))
        flagged(waiting(community, f"人{number}", origin=Origin.HAND, entered_by=account.id))
    with queries() as many:
        reader.visit(path)
    assert len(many) == len(few)
