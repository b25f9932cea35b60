"""What looks odd is noticed, explained in words, and looked into by somebody else."""

from datetime import timedelta

import make
import pytest

from talent.access import Role
from talent.audit import Act, AuditEntry
from talent.db import db, writing
from talent.hours import ledger
from talent.hours.doubts import jobs, service
from talent.hours.models import Origin, RecordFlag, RecordState, ServiceRecord, Verdict, Waits
from talent.hours.recording import service as recording
from talent.rules.doubts import DoubtKind
from talent.shifts.models import Attendance, AttendanceSource, Signup
from talent.shifts.sheets.models import SignedSheet
from talent.shifts.ways.models import TravelTime

MINUTE = timedelta(minutes=1)
RECORDED = make.NOW + timedelta(hours=1)


@pytest.fixture
def community(app):
    return make.office("春风社区")


@pytest.fixture
def coordinator(community):
    return make.account(Role.COORDINATOR, community)


@pytest.fixture
def shift(community):
    """From five in the morning to eight, with places for many."""
    return make.shift(make.project(community), start=-4, hours=3, places=20)


def record_all(now=RECORDED):
    with writing():
        recording.record_attendance(now)


def kinds(record=None):
    rows = db.session.query(RecordFlag).order_by(RecordFlag.id)
    return [one.kind for one in (rows.filter_by(record_id=record.id) if record else rows)]


def of(person):
    return db.session.query(ServiceRecord).filter_by(person_id=person.id).one()


def entry(office, **more):
    """The form of hours by hand; by default this morning from seven to nine."""
    fields = {
        "office_id": office.id,
        "category_id": make.category().id,
        "activity": "河道清洁",
        "starts_at": "2026-06-01T07:00",
        "ends_at": "2026-06-01T08:30",
        "place": "河堤",
        "content": "捡垃圾",
        "person_in_charge": "李主任",
        "evidence": "照片",
    }
    return fields | more


@pytest.mark.parametrize(("after", "found"), [(180, []), (181, [DoubtKind.LATE_SIGNUP])])
def test_who_signed_up_after_the_end_is_not_approved_by_itself(community, shift, after, found):
    person = make.person(at=community)
    kept = make.attended(shift, person, left=180)
    with writing():
        db.session.get(Signup, kept.signup_id).made_at = shift.starts_at + after * MINUTE
    record_all()
    one = of(person)
    assert kinds(one) == found
    assert one.state is (RecordState.PENDING if found else RecordState.APPROVED)
    assert one.waits_for is (Waits.FLAG if found else None)
    assert ledger.total() == (0 if found else 180)


@pytest.mark.parametrize(("written", "found"), [(179, []), (180, [DoubtKind.NO_SIGN_IN])])
def test_times_written_afterwards_are_noticed(community, shift, written, found):
    person = make.person(at=community)
    kept = make.attended(shift, person, left=170, source=AttendanceSource.HAND)
    with writing():
        kept.changed_at = shift.starts_at + written * MINUTE
    record_all()
    assert kinds(of(person)) == found
    assert of(person).waits_for is Waits.SECOND_PERSON


@pytest.mark.parametrize("pictured", [True, False])
def test_a_sheet_is_as_good_as_its_picture(community, shift, pictured):
    people = [make.person(f"志愿者{n}", at=community) for n in range(5)]
    for person in people:
        make.attended(shift, person, left=180, source=AttendanceSource.SHEET)
    if pictured:
        make.saved(SignedSheet(shift_id=shift.id, file_id=_file(), made_at=make.NOW))
    record_all()
    found = set(kinds())
    assert found == (set() if pictured else {DoubtKind.NO_SIGN_IN, DoubtKind.SAME_TIMES})
    assert ledger.total() == (5 * 180 if pictured else 0)


def test_who_stands_on_a_pictured_sheet_is_not_counted_among_the_same_times(community, shift):
    for number in range(4):
        person = make.person(f"签名者{number}", at=community)
        make.attended(shift, person, left=180, source=AttendanceSource.SHEET)
    make.saved(SignedSheet(shift_id=shift.id, file_id=_file(), made_at=make.NOW))
    other = make.shift(make.project(community), start=-4, hours=3)
    kept = make.attended(other, make.person(at=community), left=180, source=AttendanceSource.HAND)
    with writing():
        kept.changed_at = other.starts_at
    record_all()
    assert kinds() == []


def _file():
    from talent.files import StoredFile  # noqa: PLC0415

    row = StoredFile(
        name="a.pdf", media_type="application/pdf", digest="0", size=1, content=b"x", at=make.NOW
    )
    return make.saved(row).id


def test_hours_for_a_shift_on_which_one_was_not_seen(browser, clock, community, coordinator):
    held = make.shift(make.project(community, name="义诊"), start=-2, hours=1)
    person = make.person(at=community)
    make.signup(held, person)
    browser.sign_in(coordinator)
    browser.send(f"/hours/people/{person.id}/entry", **entry(community))
    flag = db.session.query(RecordFlag).one()
    assert (flag.kind, flag.facts["facts"]["title"]) == (DoubtKind.NO_SIGN_IN, "义诊")
    browser.sign_in(make.account(Role.COORDINATOR, community))
    assert "was not signed in there" in browser.visit("/hours/review/doubted").words


@pytest.mark.parametrize(("people", "found"), [(9, 0), (10, 10)])
def test_one_clerk_and_ten_people_within_five_minutes(
    browser, clock, community, coordinator, people, found
):
    browser.sign_in(coordinator)
    for number in range(people):
        clock.move_to(make.NOW + timedelta(seconds=number * 33))
        person = make.person(f"志愿者{number}", at=community)
        ends = f"2026-06-01T08:{number:02d}"
        browser.send(f"/hours/people/{person.id}/entry", **entry(community, ends_at=ends))
    assert kinds().count(DoubtKind.ONE_CLERK) == found


def test_ten_people_over_a_quarter_of_an_hour_are_an_ordinary_morning(
    browser, clock, community, coordinator
):
    browser.sign_in(coordinator)
    for number in range(10):
        clock.move_to(make.NOW + number * 100 * timedelta(seconds=1))
        person = make.person(f"志愿者{number}", at=community)
        ends = f"2026-06-01T08:{number:02d}"
        browser.send(f"/hours/people/{person.id}/entry", **entry(community, ends_at=ends))
    assert kinds() == []


@pytest.mark.parametrize(("people", "found"), [(4, 0), (5, 5)])
def test_the_same_times_for_five_people(browser, clock, community, coordinator, people, found):
    browser.sign_in(coordinator)
    for number in range(people):
        person = make.person(f"志愿者{number}", at=community)
        browser.send(f"/hours/people/{person.id}/entry", **entry(community))
    assert kinds() == [DoubtKind.SAME_TIMES] * found


def test_the_leaders_list_is_the_same_for_many_and_no_doubt(community, shift):
    for number in range(6):
        person = make.person(f"志愿者{number}", at=community)
        make.attended(shift, person, left=180, source=AttendanceSource.LEADER)
    record_all()
    assert (kinds(), ledger.total()) == ([], 6 * 180)


@pytest.mark.parametrize(("minutes", "found"), [(29, []), (31, [DoubtKind.WAY])])
def test_nobody_is_at_two_places_within_less_than_the_way(
    browser, clock, community, coordinator, minutes, found
):
    ends = {"place_a": "河堤", "place_b": "社区食堂", "pair": "河堤|社区食堂"}
    make.saved(TravelTime(office_id=community.id, minutes=minutes, **ends))
    person = make.person(at=community)
    make.record(person, community, 30, starts_at=make.NOW - timedelta(minutes=60))
    browser.sign_in(coordinator)
    fields = entry(community, starts_at="2026-06-01T07:00", ends_at="2026-06-01T07:30")
    browser.send(f"/hours/people/{person.id}/entry", **fields)
    assert kinds() == found


def test_the_way_says_nothing_of_what_another_office_recorded(
    browser, clock, community, coordinator
):
    ends = {"place_a": "河堤", "place_b": "社区食堂", "pair": "河堤|社区食堂"}
    make.saved(TravelTime(office_id=community.id, minutes=60, **ends))
    person, other = make.person(at=community), make.office("别处")
    make.record(person, other, 30, starts_at=make.NOW - timedelta(minutes=60), activity="戒毒帮扶")
    browser.sign_in(coordinator)
    fields = entry(community, starts_at="2026-06-01T07:00", ends_at="2026-06-01T07:30")
    browser.send(f"/hours/people/{person.id}/entry", **fields)
    assert kinds() == [DoubtKind.WAY]
    words = browser.visit(f"/hours/{of_office(community).id}").words
    assert "takes at least 1 h" in words
    assert "戒毒帮扶" not in words
    assert "社区食堂" not in words


def of_office(office):
    return db.session.query(ServiceRecord).filter_by(office_id=office.id).one()


def test_far_more_than_the_others_of_the_activity(browser, clock, community, coordinator):
    for number in range(8):
        make.record(
            make.person(f"别人{number}", at=community), community, 60, activity="河道清洁",
            starts_at=make.NOW - timedelta(days=1, minutes=number), day=make.TODAY - timedelta(1),
        )  # fmt: skip
    browser.sign_in(coordinator)
    fine, far = make.person("刚好", at=community), make.person("太多", at=community)
    times = {"starts_at": "2026-06-01T07:00"}
    fields = entry(community, ends_at="2026-06-01T08:30", **times)
    browser.send(f"/hours/people/{fine.id}/entry", **fields)
    fields = entry(community, ends_at="2026-06-01T08:31", **times)
    browser.send(f"/hours/people/{far.id}/entry", **fields)
    assert kinds(of(fine)) == []
    assert kinds(of(far)) == [DoubtKind.OUTLIER]


@pytest.mark.parametrize(("people", "found"), [(2, 0), (3, 3)])
def test_one_phone_on_which_three_people_sign(browser, clock, community, people, found):
    shift = make.shift(make.project(community), start=0, hours=2, places=5)
    path = f"/shifts/scan/{shift.scan_token}"
    volunteers = [make.volunteer(community, f"志愿者{n}") for n in range(people)]
    _give_passwords(volunteers)
    for account in volunteers:
        make.signup(shift, account.person)
        _sign_in(browser, account)
        browser.send(path, act="in")
        browser.send("/account/sign-out")
    clock.move_to(shift.ends_at)
    for account in volunteers:
        _sign_in(browser, account)
        browser.send(path, act="out")
        browser.send("/account/sign-out")
    record_all(shift.ends_at + MINUTE)
    assert kinds().count(DoubtKind.DEVICE) == found
    held = [one.state for one in db.session.query(ServiceRecord)]
    assert held.count(RecordState.PENDING) == (1 if found else 0)  # the others stood already


def _give_passwords(accounts):
    from talent import passwords  # noqa: PLC0415

    with writing():
        for account in accounts:
            account.password_hash = passwords.hashed("correct horse battery")


def _sign_in(browser, account):
    browser.send("/account/sign-in", login=account.email, password="correct horse battery")


def test_the_look_back_finds_what_was_recorded_in_pieces(community, shift):
    """Five came by different hands: each record alone looked like any other."""
    for number in range(5):
        person = make.person(f"志愿者{number}", at=community)
        make.record(
            person, community, 90, origin=Origin.IMPORTED, starts_at=shift.starts_at,
            state=RecordState.APPROVED,
        )  # fmt: skip
    assert kinds() == []
    jobs.watch(make.NOW + MINUTE)
    assert kinds() == [DoubtKind.SAME_TIMES] * 5
    jobs.watch(make.NOW + 6 * MINUTE)
    assert len(kinds()) == 5
    assert {one.state for one in db.session.query(ServiceRecord)} == {RecordState.APPROVED}


def test_the_look_back_goes_on_batch_by_batch(community, monkeypatch):
    monkeypatch.setattr(service, "BATCH", 3)
    for number in range(7):
        person = make.person(f"志愿者{number}", at=community)
        make.record(person, community, 90, origin=Origin.IMPORTED, entered_by=1 + number % 2)
    monkeypatch.setattr(service, "patterns", noted := Noted())
    assert jobs.watch(make.NOW + MINUTE) == "3 batches"
    assert [len(batch) for batch in noted] == [3, 3, 1]
    assert len({id_ for batch in noted for id_ in batch}) == 7


class Noted(list):
    def __call__(self, records, _limits):
        self.append([one.id for one in records])
        return {}


def test_the_look_back_looks_only_at_what_came_since(community):
    for number in range(5):
        make.record(
            make.person(f"志愿者{number}", at=community), community, 90, origin=Origin.IMPORTED
        )
    jobs.watch(make.NOW + timedelta(days=3))
    assert kinds() == []


def test_a_phone_is_forgotten_after_sixty_days(community, shift):
    kept = make.attended(shift, make.person(at=community), left=180)
    with writing():
        kept.in_device = kept.out_device = "x" * 64
    jobs.forget_devices(kept.changed_at + timedelta(days=60))
    assert db.session.get(Attendance, kept.id).in_device
    jobs.forget_devices(kept.changed_at + timedelta(days=60, seconds=1))
    assert db.session.get(Attendance, kept.id).in_device is None


@pytest.fixture
def doubtful(community, shift):
    """A record that waits because the sign-up came too late, and its volunteer."""
    account = make.volunteer(community)
    kept = make.attended(shift, account.person, left=180)
    with writing():
        db.session.get(Signup, kept.signup_id).made_at = shift.ends_at + 40 * MINUTE
    record_all()
    return account, of(account.person)


def test_the_volunteer_reads_why_it_waits_and_nobody_else_does(browser, community, doubtful):
    account, one = doubtful
    words = browser.sign_in(account).visit(f"/hours/{one.id}").words
    assert "The office looks into this record" in words
    assert "40 min later" in words
    browser.sign_in(make.volunteer(community, "李四")).visit(f"/hours/{one.id}", status=404)


def test_a_doubt_keeps_nobody_from_the_next_shift(browser, clock, community, doubtful):
    account, _ = doubtful
    coming = make.shift(make.project(community, name="下一次"), start=30)
    words = browser.sign_in(account).visit(f"/shifts/{coming.id}").words
    assert "noticed" not in words
    assert "looks into" not in words
    browser.send(f"/shifts/{coming.id}/signup", need=coming.needs[0].id)
    assert db.session.query(Signup).filter_by(shift_id=coming.id).count() == 1


def test_a_doubtful_record_is_looked_into_before_it_is_approved(
    browser, clock, community, coordinator, doubtful
):
    _, one = doubtful
    browser.sign_in(coordinator)
    assert "Look into it first" in browser.send(f"/hours/{one.id}/approval", status=409).words
    page = browser.visit(f"/hours/{one.id}/doubts")
    assert "40 min later" in page.words
    assert "Ask whoever led the shift" in page.words
    empty = browser.send(f"/hours/{one.id}/doubts", status=422, verdict="right", finding=" ")
    assert "Please fill in this field." in empty.words
    browser.send(f"/hours/{one.id}/doubts", verdict="right", finding="李主任在场，补报名")
    assert db.session.get(ServiceRecord, one.id).state is RecordState.APPROVED
    assert ledger.total() == 180
    flag = db.session.query(RecordFlag).one()
    assert (flag.verdict, flag.settled_by) == (Verdict.RIGHT, coordinator.id)
    acts = [each.act for each in db.session.query(AuditEntry).order_by(AuditEntry.id)]
    assert Act.DOUBT_RAISED in acts
    assert Act.DOUBT_SETTLED in acts
    assert "李主任在场" in browser.visit(f"/hours/{one.id}").words


def test_a_doubt_that_was_right_refuses_the_record(browser, coordinator, doubtful):
    account, one = doubtful
    browser.sign_in(coordinator)
    browser.send(f"/hours/{one.id}/doubts", verdict="wrong", finding="没有来过")
    assert (of(account.person).state, ledger.total()) == (RecordState.REFUSED, 0)
    assert "没有来过" in browser.sign_in(account).visit(f"/hours/{one.id}").words
    browser.sign_in(coordinator)
    again = browser.send(f"/hours/{one.id}/doubts", status=422, verdict="right", finding="x")
    assert "settled this already" in again.words


def test_a_record_that_stands_is_taken_back_by_a_new_entry(browser, community, coordinator):
    people = [make.person(f"志愿者{number}", at=community) for number in range(5)]
    made = [make.record(p, community, 90, origin=Origin.IMPORTED) for p in people]
    jobs.watch(make.NOW + MINUTE)
    browser.sign_in(coordinator)
    assert "Approved, doubtful" in browser.visit("/hours/review/doubted").words
    browser.send(f"/hours/{made[0].id}/doubts", verdict="wrong", finding="名单里没有")
    browser.send(f"/hours/{made[1].id}/doubts", verdict="wrong", to_minutes=60, finding="早走")
    browser.send(f"/hours/{made[2].id}/doubts", verdict="right", finding="名单相符")
    assert [db.session.get(ServiceRecord, one.id).minutes for one in made] == [0, 60, 90, 90, 90]
    page = browser.visit("/hours/review/doubted")
    assert len(page.all("article")) == 2


def test_nobody_settles_a_doubt_about_his_own_hours_or_what_he_entered(
    browser, clock, community, coordinator, doubtful
):
    account, one = doubtful
    other = make.account(Role.MANAGER, community)
    child = make.person("小雨", at=community, guardian_id=account.person_id)
    browser.sign_in(coordinator)
    held = make.shift(make.project(community, name="义诊"), start=-2, hours=1)
    make.signup(held, child)
    browser.send(f"/hours/people/{child.id}/entry", **entry(community))
    settling = {"verdict": "right", "finding": "我知道"}
    entered = of(child)
    said = browser.send(f"/hours/{entered.id}/doubts", status=422, **settling).words
    assert "Who entered the hours" in said
    _also(account, Role.COORDINATOR, community)
    browser.sign_in(account)
    for each in (one, entered):
        said = browser.send(f"/hours/{each.id}/doubts", status=422, **settling).words
        assert "Nobody settles a doubt about his own hours" in said
    browser.sign_in(other)
    browser.send(f"/hours/{entered.id}/doubts", **settling)
    assert of(child).state is RecordState.APPROVED


def _also(account, role, office):
    from talent.accounts.models import Grant  # noqa: PLC0415

    grant = {"account_id": account.id, "office_id": office.id, "role": role}
    make.saved(Grant(granted_at=make.NOW, **grant))


def test_another_office_knows_nothing_of_it(browser, doubtful):
    _, one = doubtful
    browser.sign_in(make.account(Role.MANAGER, make.office("别处")))
    browser.visit(f"/hours/{one.id}/doubts", status=404)
    browser.send(f"/hours/{one.id}/doubts", status=404, verdict="right", finding="x")
    assert "王秀兰" not in browser.visit("/hours/review/doubted").words


def test_hours_that_were_sold(browser, clock, community, coordinator):
    """Forty yuan, five hours, two minutes: a clerk enters them, and a friend would approve them."""
    friend = make.account(Role.COORDINATOR, community)
    make.shift(make.project(community, name="河道清洁"), start=-6, hours=5)
    buyers = [make.volunteer(community, f"买家{number}") for number in range(10)]
    browser.sign_in(coordinator)
    for number, buyer in enumerate(buyers):
        clock.move_to(make.NOW + number * 12 * timedelta(seconds=1))
        fields = entry(community, starts_at="2026-06-01T03:00", ends_at="2026-06-01T08:00")
        browser.send(f"/hours/people/{buyer.person_id}/entry", **fields)
        mine = of(buyer.person)
        browser.send(f"/hours/{mine.id}/approval", status=409)
    noticed = set(kinds())
    assert noticed == {DoubtKind.NO_SIGN_IN, DoubtKind.ONE_CLERK, DoubtKind.SAME_TIMES}
    browser.sign_in(friend)
    words = browser.visit("/hours/review/doubted").words
    assert "One person entered the hours of 10 people" in words
    assert "“河道清洁” took place" in words
    for buyer in buyers:
        browser.send(f"/hours/{of(buyer.person).id}/approval", status=409)
    shown = browser.visit("/hours/review/approvals?all=1&part=waiting").words
    assert "None of them can be approved by you." in shown
    seen = " ".join(f"{of(b.person).id}:300" for b in buyers)
    browser.send("/hours/review/approvals", status=200, seen=seen)
    assert ledger.total() == 0
