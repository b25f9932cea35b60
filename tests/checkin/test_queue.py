"""Taps that devices kept: once each, in any order, nothing lost, and clocks that are wrong."""

import uuid
from datetime import UTC, datetime, timedelta

import counting
import desk
import make
import plan
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from talent.checkin.queue.models import QueuedAct
from talent.db import db, writing
from talent.hours.models import ServiceRecord
from talent.hours.recording import jobs
from talent.rules.queue import Verdict
from talent.rules.signup import SignupState
from talent.shifts.models import Attendance, AttendanceSource, AttendanceState, Signup

pytestmark = pytest.mark.usefixtures("clock")
minute = timedelta(minutes=1)
TEN = make.hours_later(1)
NOON = make.hours_later(3)
OVER = make.hours_later(4)


@pytest.fixture
def wang(office, shift):
    return desk.places(shift, office, ("王秀兰",))[0]


@pytest.fixture
def leader(browser, office):
    return browser.sign_in(plan.leader(office))


def kept():
    """All taps as they stand, by their id."""
    db.session.rollback()
    return {row.id: row for row in db.session.query(QueuedAct)}


def outcomes():
    return sorted(row.outcome.value for row in kept().values())


def test_taps_become_attendance_at_the_time_of_the_tap(leader, clock, shift, wang):
    phone = desk.Device(leader)
    taps = [phone.tap(wang, "in", TEN), phone.tap(wang, "out", NOON)]
    clock.move_to(NOON + 20 * minute)
    said = phone.bring(taps, NOON + 20 * minute)
    assert sorted(said["done"]) == sorted(tap["id"] for tap in taps)
    assert said["refused"] == []
    assert desk.times(wang) == (TEN, NOON)
    row = db.session.query(Attendance).one()
    assert (row.state, row.in_source) == (AttendanceState.LEFT, AttendanceSource.LEADER)
    first = kept()[taps[0]["id"]]
    assert (first.number, first.device, first.device_at) == (1, phone.name, TEN)
    assert first.received_at == NOON + 20 * minute


def test_the_same_tap_twice_is_once(leader, clock, shift, wang):
    phone = desk.Device(leader)
    tap = phone.tap(wang, "in", TEN)
    clock.move_to(NOON)
    phone.bring([tap, tap], NOON)
    changed = db.session.query(Attendance).one().changed_at
    clock.move_to(NOON + minute)
    assert phone.bring([tap], NOON + minute)["done"] == [tap["id"]]
    phone.bring([tap | {"at": desk.milliseconds(TEN - 9 * minute)}], NOON + minute)  # made up
    assert len(kept()) == 1
    assert desk.times(wang) == (TEN, None)
    assert db.session.query(Attendance).one().changed_at == changed


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
@pytest.mark.parametrize("uploaded", [NOON, OVER + 30 * minute])
def test_two_devices_with_one_person_are_one_attendance(
    leader, clock, shift, wang, order, uploaded
):
    first, second = desk.Device(leader), desk.Device(leader)
    batches = [
        (first, [first.tap(wang, "in", TEN), first.tap(wang, "out", NOON - 9 * minute)]),
        (second, [second.tap(wang, "in", TEN + 2 * minute), second.tap(wang, "out", NOON)]),
    ]
    for turn, place in enumerate(order):
        now = uploaded + turn * minute
        clock.move_to(now)
        device, taps = batches[place]
        device.bring(taps, now)
        if uploaded > OVER:  # the worker runs in between
            jobs.record_attendance(now)
    assert desk.times(wang) == (TEN, NOON)
    assert outcomes() == ["known", "known", "taken", "taken"]
    assert db.session.query(Attendance).count() == 1


TAPS = st.lists(
    st.tuples(
        st.sampled_from("ab"),  # which of two people
        st.sampled_from(("in", "out")),
        st.integers(-60, 240),  # minutes after the start; some outside what the law takes
        st.sampled_from((0, 0, 40, -700)),  # by how many minutes that device's clock is wrong
    ),
    min_size=2,
    max_size=7,
)


@settings(
    max_examples=25,
    phases=(Phase.explicit, Phase.generate),  # each example is many requests: none to be shrunk
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(TAPS, st.data())
def test_any_order_of_arrival_gives_the_same(leader, clock, office, given_, data):
    clock.move_to(make.NOW)
    shift = desk.shift(office)
    ids = [str(uuid.uuid4()) for _ in given_]
    order = data.draw(st.permutations(range(len(given_))))
    cuts = data.draw(st.sets(st.integers(1, len(given_))))
    results = []
    for places in (list(range(len(given_))), order):
        one = dict(zip("ab", desk.places(shift, office, ("甲某", "乙某")), strict=True))
        now = OVER + 30 * minute
        clock.move_to(now)
        groups, last = [], 0
        for cut in sorted({*cuts, len(places)}):
            groups.append(places[last:cut])
            last = cut
        for group in groups:
            for place in group:
                who, act, minutes, wrong = given_[place]
                device = desk.Device(leader, name=f"d{wrong}", wrong=wrong * minute)
                device.number = place
                tap = device.tap(one[who], act, TEN + minutes * minute, id=ids[place])
                device.bring([tap], now)
        rows = kept()
        results.append(
            (
                {who: desk.times(each) for who, each in one.items()},
                [(rows[id_].outcome, rows[id_].reasons) for id_ in ids],
            )
        )
        with writing():
            db.session.query(QueuedAct).delete()
            for each in one.values():
                db.session.query(Attendance).filter_by(signup_id=each.id).delete()
                db.session.get(Signup, each.id).state = SignupState.REMOVED
            shift.needs[0].taken = 0
    assert results[0] == results[1]


def test_a_clock_that_is_wrong_is_put_right_and_shown(leader, clock, shift, wang):
    phone = desk.Device(leader, wrong=-47 * minute)
    tap = phone.tap(wang, "in", TEN)
    clock.move_to(NOON)
    phone.bring([tap], NOON)
    assert desk.times(wang) == (TEN, None)
    row = kept()[tap["id"]]
    assert (row.device_at, row.skew_seconds) == (TEN - 47 * minute, 47 * 60)
    for what in ("list", "taps"):
        page = leader.visit(f"/checkin/shifts/{shift.id}/{what}")
        assert "The clock of a device was off by 47 minutes." in page.words
    assert "clock off" in page.words


@pytest.mark.parametrize("year", [1970, 2099])
def test_a_clock_of_another_age_is_put_right_as_well(leader, clock, shift, wang, year):
    clock.move_to(NOON)
    phone = desk.Device(leader, wrong=datetime(year, 3, 1, tzinfo=UTC) - NOON)
    phone.bring([phone.tap(wang, "in", TEN)], NOON)
    assert desk.times(wang) == (TEN, None)


def test_five_minutes_are_nobodys_fault(leader, clock, shift, wang):
    phone = desk.Device(leader, wrong=5 * minute)
    clock.move_to(NOON)
    phone.bring([phone.tap(wang, "in", TEN)], NOON)
    assert "off by" not in leader.visit(f"/checkin/shifts/{shift.id}/list").words


def test_what_the_law_refuses_is_kept_and_listed(leader, clock, office, shift, wang):
    waits = plan.place(shift, make.person("候补人", at=office), state=SignupState.WAITING)
    phone = desk.Device(leader)
    taps = [
        phone.tap(wang, "in", TEN - 31 * minute),
        phone.tap(wang, "out", NOON),
        phone.tap(waits, "in", TEN),
    ]
    clock.move_to(NOON)
    said = phone.bring(taps, NOON)
    assert len(said["refused"]) == 3
    assert desk.times(wang) is None
    page = leader.visit(f"/checkin/shifts/{shift.id}/taps")
    for sentence in ("Signing in opens at", "Sign in first.", "Only somebody with a place"):
        assert sentence in page.words
    assert "3 taps could not be taken." in leader.visit(f"/checkin/shifts/{shift.id}/list").words


def test_a_sign_out_that_comes_before_its_sign_in_is_taken_when_that_arrives(
    leader, clock, shift, wang
):
    first, second = desk.Device(leader), desk.Device(leader)
    out = second.tap(wang, "out", NOON)
    clock.move_to(NOON + minute)
    assert second.bring([out], NOON + minute)["refused"] == [[out["id"], "Sign in first."]]
    first.bring([first.tap(wang, "in", TEN)], NOON + minute)
    assert desk.times(wang) == (TEN, NOON)
    assert kept()[out["id"]].outcome is Verdict.TAKEN


def test_after_the_closing_of_the_list_taps_are_listed_and_change_nothing(
    leader, clock, shift, wang
):
    plan.attended(wang, came=1)
    clock.move_to(OVER + minute)
    leader.send(f"/hours/shifts/{shift.id}/closing")
    before = db.session.query(ServiceRecord).count()
    phone = desk.Device(leader)
    phone.bring([phone.tap(wang, "out", NOON)], OVER + minute)
    assert desk.times(wang) == (TEN, None)
    assert outcomes() == ["refused"]
    assert db.session.query(ServiceRecord).count() == before
    page = leader.visit(f"/checkin/shifts/{shift.id}/taps")
    assert "The list of this shift is closed." in page.words


def test_what_is_on_record_already_is_not_changed(leader, clock, shift, wang):
    plan.attended(wang, came=1, left=2)
    clock.move_to(OVER + minute)
    jobs.record_attendance(OVER + minute)
    phone = desk.Device(leader)
    phone.bring([phone.tap(wang, "out", NOON)], OVER + minute)
    assert desk.times(wang) == (TEN, make.hours_later(2))
    assert outcomes() == ["refused"]


def test_hours_wait_for_other_devices_until_the_list_is_closed(leader, clock, shift, wang):
    clock.move_to(OVER + minute)
    phone = desk.Device(leader)
    phone.bring([phone.tap(wang, "in", TEN), phone.tap(wang, "out", NOON)], OVER + minute)
    assert jobs.record_attendance(OVER + minute) == "0 recorded"
    assert jobs.record_attendance(OVER + timedelta(hours=6)) == "1 recorded"


def test_the_closing_records_them_at_once(leader, clock, shift, wang):
    clock.move_to(OVER + minute)
    phone = desk.Device(leader)
    phone.bring([phone.tap(wang, "in", TEN), phone.tap(wang, "out", NOON)], OVER + minute)
    leader.send(f"/hours/shifts/{shift.id}/closing")
    db.session.rollback()
    assert db.session.query(ServiceRecord).one().claimed_minutes == 120


def test_times_that_somebody_wrote_by_hand_stand(leader, clock, shift, wang):
    clock.move_to(NOON)
    leader.send(f"/shifts/signups/{wang.id}/times", in_at="2026-06-01T10:30", out_at="")
    phone = desk.Device(leader)
    phone.bring([phone.tap(wang, "in", TEN)], NOON)
    assert desk.times(wang) == (TEN + 30 * minute, None)
    assert "written by hand" in leader.visit(f"/checkin/shifts/{shift.id}/taps").words


def test_taps_in_the_future_are_refused(leader, clock, shift, wang):
    clock.move_to(TEN)
    phone = desk.Device(leader)
    said = phone.bring([phone.tap(wang, "in", TEN + 2 * minute)], TEN)
    assert "has not come yet" in said["refused"][0][1]
    assert desk.times(wang) is None


def test_a_leader_elsewhere_takes_nobodys_attendance(browser, clock, shift, wang):
    browser.sign_in(plan.leader(make.office("邻社区")))
    clock.move_to(TEN)
    phone = desk.Device(browser)
    taps = [phone.tap(wang, "in", TEN), phone.tap(999_999, "in", TEN)]
    said = phone.bring(taps, TEN)
    assert {sentence for _, sentence in said["refused"]} == {
        "This tap belongs to no list that this device may take."
    }
    assert desk.times(wang) is None
    assert [row.signup_id for row in kept().values()] == [None, None]
    browser.send(f"/checkin/signups/{wang.id}", act="in", status=404)


@pytest.mark.parametrize(
    "wrong",
    [
        None, [], {"taps": []}, {"device": "a", "now": 1, "taps": [{}]},
        {"device": "A b", "now": 1, "taps": []}, {"device": "a", "now": "1", "taps": []},
        {"device": "a", "now": True, "taps": []}, {"device": "a", "now": 10**18, "taps": []},
    ],
)  # fmt: skip
def test_what_is_no_batch_is_refused_whole(leader, wang, wrong):
    desk.Device(leader).post(wrong, status=400)
    assert kept() == {}


@pytest.mark.parametrize("body", [b"", b"\xff\xfe{", b"[" * 200_000, b"9" * 9999, b"{}"])
def test_what_is_no_json_is_refused_like_any_other(leader, body):
    answer = leader.post("/checkin/queue", data=body, content_type="application/json")
    assert answer.status_code == 400


@pytest.mark.parametrize(
    "more",
    [
        {"id": "x"}, {"id": "g" * 36}, {"n": -1}, {"n": 1.5}, {"signup": "1"}, {"signup": 2**40},
        {"act": "off"}, {"act": None}, {"at": 0}, {"at": None}, {"at": 10**16},
    ],
)  # fmt: skip
def test_one_tap_that_cannot_be_read_refuses_the_batch(leader, wang, more):
    phone = desk.Device(leader)
    phone.bring([phone.tap(wang, "in", TEN), phone.tap(wang, "in", TEN) | more], TEN, status=400)
    assert kept() == {}


def test_more_than_two_hundred_at_once_are_refused(leader, wang):
    phone = desk.Device(leader)
    phone.bring([phone.tap(wang, "in", TEN) for _ in range(201)], TEN, status=400)


def test_without_scripts_the_list_is_plain_forms(leader, clock, shift, wang):
    clock.move_to(TEN)
    address = f"/checkin/shifts/{shift.id}/list"
    page = leader.visit(address)
    forms = page.all("form", action=f"/checkin/signups/{wang.id}")
    assert [form.get("hidden") is None for form in forms] == [True, False]
    assert leader.send(f"/checkin/signups/{wang.id}", act="in").location == address
    clock.move_to(NOON)
    leader.send(f"/checkin/signups/{wang.id}", act="out")
    assert desk.times(wang) == (TEN, NOON)
    assert "10:00–12:00" in leader.visit(address).words


def test_a_batch_without_its_proof_is_refused(app, leader, wang, clock, monkeypatch):
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)
    clock.move_to(TEN)
    phone = desk.Device(leader)
    phone.bring([phone.tap(wang, "in", TEN)], TEN, status=400)
    token = leader.get("/checkin/queue").get_json()["token"]
    body = {"device": "a", "now": desk.milliseconds(TEN), "taps": [phone.tap(wang, "in", TEN)]}
    answer = leader.post("/checkin/queue", json=body, headers={"X-CSRFToken": token})
    assert answer.status_code == 200
    assert desk.times(wang) == (TEN, None)


def test_who_is_signed_out_is_told_so_and_loses_nothing(app):
    answer = app.test_client().get("/checkin/queue", headers={"HX-Request": "true"})
    assert answer.status_code == 401


def test_the_worker_is_small_and_changes_with_its_files(app, browser, monkeypatch):
    import gzip  # noqa: PLC0415

    from talent.checkin.queue import views  # noqa: PLC0415

    answer = browser.get("/sw.js")
    assert answer.mimetype == "text/javascript"
    assert answer.headers["Cache-Control"] == "no-cache"
    assert answer.headers["Service-Worker-Allowed"] == "/checkin/"
    assert len(gzip.compress(answer.data)) <= 5000
    monkeypatch.setattr(views, "static_url", lambda name: f"/static/other/{name}")
    other = browser.get("/sw.js").get_data(as_text=True)
    names = [text.split('"checkin-')[1][:10] for text in (answer.get_data(as_text=True), other)]
    assert names[0] != names[1]


@pytest.mark.parametrize("what", ["list", "taps", "code"])
def test_a_page_asks_as_much_for_one_person_as_for_many(leader, clock, office, shift, what):
    clock.move_to(NOON)
    counts = []
    for name in ("甲某", "乙某", "丙某"):
        one = plan.place(shift, make.person(name, at=office))
        phone = desk.Device(leader)
        phone.bring([phone.tap(one, "in", TEN), phone.tap(one, "out", NOON)], NOON)
        with counting.queries() as asked:
            leader.visit(f"/checkin/shifts/{shift.id}/{what}")
        counts.append(len(asked))
    assert counts[0] == counts[2]


def test_the_whole_list_shows_what_devices_could_not_bring(leader, clock, shift, wang):
    phone = desk.Device(leader, wrong=-47 * minute)
    clock.move_to(NOON)
    phone.bring([phone.tap(wang, "out", TEN)], NOON)
    asks = leader.visit(f"/shifts/{shift.id}/roster").all("div", hx_select="#flags")
    flags = leader.visit(asks[0].get("hx-get")).all("div", id="flags")[0]
    said = " ".join("".join(flags.itertext()).split())
    assert "off by 47 minutes" in said
    assert "1 tap could not be taken." in said
