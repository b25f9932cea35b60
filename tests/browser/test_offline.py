"""Without a network: the leader's list and the kiosk open, keep every tap, and bring it once."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from threading import Event
from types import SimpleNamespace

import make
import pytest
import scene
from playwright.sync_api import Error, expect
from visitor import PATIENCE

from talent import clock
from talent.checkin.kiosks.models import Kiosk
from talent.checkin.queue import views
from talent.checkin.queue.models import QueuedAct
from talent.db import db
from talent.shifts.models import Attendance, AttendanceSource

NAMES = ("王秀兰", "欧阳娜娜", "吕布")
PHONE = {"width": 360, "height": 740, "phone": True}
TABLET = {"width": 800, "height": 1280}
HELD = """async path => {
  await navigator.serviceWorker.ready;
  for (const name of await caches.keys()) {
    const found = await (await caches.open(name)).match(path, {ignoreVary: true});
    if (found) return await found.text();
  }
  return "";
}"""
KEPT = "Object.keys(localStorage).filter(k => k.startsWith(document.body.dataset.queue)).length"
FIRST = "JSON.parse(localStorage[Object.keys(localStorage).find(k => k.includes(' '))]).at"
STUCK = """() => {
  const real = fetch;
  let left = 2;
  const stuck = () => Promise.reject(new TypeError("stuck"));
  window.fetch = (...asked) => (left-- > 0 ? stuck() : real(...asked));
}"""
ALL = """async () => {
  const found = [];
  for (const name of await caches.keys())
    for (const { url } of await (await caches.open(name)).keys()) found.push(new URL(url).pathname);
  return found;
}"""


@pytest.fixture
def place(guarded):
    """A shift that runs, with three people who have a place."""
    found = scene.place()
    found.shift = scene.shift(found.project, clock.now() - timedelta(hours=1))
    found.signups = [make.signup(found.shift, make.person(name, at=found.office)) for name in NAMES]
    return found


class Desk:
    """A phone with the list, or a tablet as kiosk, whose network can be cut."""

    def __init__(self, visitor, path):
        self.visitor, self.page, self.path = visitor, visitor.page, path

    def open(self):
        """With a network, once: from then on it opens without one."""
        self.visitor.go(self.path)
        self.until(lambda: self.stored)
        return self

    def cut(self):
        self.visitor.context.set_offline(True)
        return self

    def reload(self):
        self.page.goto(self.path, wait_until="load")
        return self

    def join(self):
        """The network is back: everything goes out by itself."""
        self.visitor.context.set_offline(False)
        expect(self.page.locator("#queue")).to_be_hidden()
        return self

    def line(self, signup):
        return self.page.locator(f"[data-signup='{signup.id}']")

    def tap(self, signup):
        """The one act that stands there for somebody."""
        line = self.line(signup)
        if self.path == "/checkin/kiosk":
            line.locator("a").click()
            self.page.locator("dialog[open] .primary:visible").click()
        else:
            line.locator("button:visible").click()
        return self

    @property
    def kept(self):
        return self.page.evaluate(KEPT)

    @property
    def stored(self):
        """The page as the device would show it without a network."""
        return self.page.evaluate(HELD, self.path)

    def until(self, true):
        """Wait for what the browser does beside the page, which may be on its way to another."""
        for _ in range(PATIENCE // 100):
            with suppress(Error):
                if true():
                    return
            self.page.wait_for_timeout(100)
        pytest.fail("it never came true")


@pytest.fixture
def phone(opened, place):
    """Another leader's phone, with the list open."""

    def give(language="en"):
        visitor = opened(language, **PHONE).sign_in(place.leader)
        return Desk(visitor, f"/checkin/shifts/{place.shift.id}/list").open()

    return give


@pytest.fixture
def tablet(opened, place):
    """A tablet that a coordinator has made the kiosk."""

    def give(language="en"):
        office = opened(language).sign_in(place.coordinator)
        office.go(f"/checkin/offices/{place.office.id}/kiosks")
        office.fill(name="食堂门口")
        office.send()
        code = office.page.locator("p.code strong").inner_text()
        visitor = opened(language, **TABLET)
        visitor.go("/checkin/pair")
        visitor.fill(code=code)
        visitor.send()
        visitor.page.wait_for_url("**/checkin/kiosk")
        return Desk(visitor, "/checkin/kiosk").open()

    return give


@pytest.fixture
def late(guarded, monkeypatch):
    """Once `held`, the end of a page that the device fetches to keep is late until it may `go`."""
    late = SimpleNamespace(held=Event(), asked=Event(), go=Event())
    answered = guarded.wsgi_app

    def slowly(body):
        yield body[:1000]
        late.asked.set()
        late.go.wait(PATIENCE / 1000)
        yield body[1000:]

    def hold(environ, start):
        answer = answered(environ, start)
        kept = environ.get("HTTP_SEC_FETCH_MODE") != "navigate"
        if late.held.is_set() and kept and environ["PATH_INFO"] == "/checkin/kiosk":
            return slowly(b"".join(answer))
        return answer

    monkeypatch.setattr(guarded, "wsgi_app", hold)
    yield late
    late.go.set()


def came():
    """Who came, by sign-up, and from where."""
    db.session.rollback()
    return {row.signup_id: row for row in db.session.query(Attendance) if row.in_at}


def taps():
    db.session.rollback()
    return db.session.query(QueuedAct).count()


def quiet(desk):
    """What the browser says when there is no network is no fault of the page."""
    said = desk.visitor.complaints
    said[:] = [each for each in said if "ERR_INTERNET_DISCONNECTED" not in each]


def test_the_list_opens_without_a_network_keeps_three_taps_and_brings_them_once(place, phone):
    his = phone().cut().reload()
    for each in place.signups:
        his.tap(each)
    assert his.kept == 3
    expect(his.page.locator("#queue")).to_contain_text("Kept on this device: 3")
    his.reload()
    expect(his.line(place.signups[0])).to_contain_text("kept on this device")
    assert came() == {}
    his.join()
    assert set(came()) == {each.id for each in place.signups}
    assert (taps(), his.kept) == (3, 0)
    his.reload()
    expect(his.line(place.signups[0])).to_contain_text("Signed in")
    his.page.evaluate("dispatchEvent(new Event('online'))")
    assert taps() == 3
    quiet(his)


def test_a_network_that_is_there_and_does_not_carry_yet_is_tried_again_soon(place, phone):
    his = phone().cut().tap(place.signups[0])
    his.page.evaluate(STUCK)
    his.join()
    assert set(came()) == {place.signups[0].id}


def test_what_was_brought_shows_in_the_list_that_opens_without_a_network(place, phone):
    his = phone().tap(place.signups[0])
    expect(his.page.locator("#queue")).to_be_hidden()
    his.until(lambda: 'data-state="in"' in his.stored)
    his.cut().reload()
    expect(his.line(place.signups[0])).to_contain_text("Signed in")
    his.tap(place.signups[0]).join()
    row = came()[place.signups[0].id]
    assert row.out_at > row.in_at
    quiet(his)


@pytest.mark.parametrize("order", [(0, 1), (1, 0)], ids=["first first", "second first"])
def test_two_devices_with_one_person_are_one_attendance(place, phone, order):
    devices = [phone().cut(), phone().cut()]
    one = place.signups[0]
    for each in devices:
        each.tap(one)
    first = devices[0].page.evaluate(FIRST)
    for turn in order:
        devices[turn].join()
        quiet(devices[turn])
    assert taps() == 2
    assert abs(came()[one.id].in_at.timestamp() * 1000 - first) <= 1500


def test_the_kiosk_opens_without_a_network_and_brings_what_it_kept(place, tablet):
    kiosk = tablet().cut().reload()
    for each in place.signups:
        kiosk.tap(each)
    expect(kiosk.page.locator("#queue")).to_contain_text("Kept on this device: 3")
    kiosk.reload()
    assert kiosk.kept == 3
    kiosk.join()
    rows = came()
    assert set(rows) == {each.id for each in place.signups}
    assert {row.in_source for row in rows.values()} == {AttendanceSource.KIOSK}
    assert taps() == 3
    quiet(kiosk)


def test_a_kiosk_and_a_phone_bring_the_same_person_in_either_order(place, tablet, phone):
    one, two, _ = place.signups
    kiosk, his = tablet().cut(), phone().cut()
    for each in (one, two):
        kiosk.tap(each)
        his.tap(each)
    kiosk.join()
    his.join()
    assert (len(came()), taps()) == (2, 4)
    for each in (kiosk, his):
        quiet(each)


def test_nobody_signs_out_with_taps_that_were_not_sent(place, phone):
    his = phone().cut().tap(place.signups[0])
    other = his.visitor.context.new_page()
    his.page.close()  # before there is a network, or it would send what it keeps
    his.visitor.context.set_offline(False)
    other.route("**/checkin/queue", lambda route: route.abort())
    other.goto("/shifts/")
    other.locator(".menu-button").click()
    other.locator("form[action$='/account/sign-out'] button").click()
    other.wait_for_url(f"**{his.path}")
    expect(other.locator("#queue")).to_contain_text("Kept on this device")
    his.visitor.complaints.clear()


def test_after_the_sign_out_nothing_of_the_list_is_left_on_the_device(place, phone):
    his = phone()
    his.visitor.go("/shifts/")
    his.page.locator(".menu-button").click()
    with his.page.expect_navigation():
        his.page.locator("form[action$='/account/sign-out'] button").click()
    assert his.path not in his.page.evaluate(ALL)


def test_a_phone_that_becomes_a_kiosk_keeps_nothing_of_the_leaders_list(opened, place, phone):
    his = phone()
    office = opened("en").sign_in(place.coordinator)
    office.go(f"/checkin/offices/{place.office.id}/kiosks")
    office.fill(name="食堂门口")
    office.send()
    code = office.page.locator("p.code strong").inner_text()
    his.visitor.go("/checkin/pair")
    his.visitor.fill(code=code)
    his.visitor.send()
    his.page.wait_for_url("**/checkin/kiosk")
    his.until(lambda: his.page.evaluate(HELD, "/checkin/kiosk"))
    pages = [path for path in his.page.evaluate(ALL) if not path.startswith("/static/")]
    assert pages == ["/checkin/kiosk"]


def test_other_pages_are_never_kept(place, phone):
    his = phone()
    for path in ("/shifts/", f"/shifts/{place.shift.id}/roster", "/checkin/me"):
        his.visitor.go(path)
    pages = [path for path in his.page.evaluate(ALL) if not path.startswith("/static/")]
    assert pages == [his.path]


def test_a_new_release_takes_the_place_of_the_old_one_with_its_own_files(place, phone, monkeypatch):
    his = phone()
    before = his.page.evaluate("caches.keys()")
    monkeypatch.setattr(views, "_release", lambda _assets: "another000")
    his.page.evaluate("navigator.serviceWorker.ready.then(each => each.update())")
    his.until(lambda: his.page.evaluate("caches.keys()") == ["checkin-another000"])
    assert before != ["checkin-another000"]
    his.cut().reload()
    expect(his.line(place.signups[0])).to_be_visible()
    assert (
        his.page.evaluate("getComputedStyle(document.querySelector('.button')).minHeight") == "60px"
    )
    quiet(his)


def test_a_revoked_kiosk_forgets_its_page(place, tablet):
    kiosk = tablet()
    with make.writing():
        db.session.query(Kiosk).one().revoked_at = clock.now()
    with suppress(Error):  # the page may have noticed by itself, and be on its way already
        kiosk.page.goto("/checkin/kiosk")
    kiosk.page.wait_for_load_state()
    kiosk.until(lambda: "王*" not in kiosk.visitor.words)
    kiosk.until(lambda: not kiosk.stored)


def test_an_answer_that_comes_late_never_brings_back_a_page_that_is_gone(place, tablet, late):
    kiosk = tablet()
    late.held.set()
    kiosk.page.evaluate(
        "navigator.serviceWorker.ready.then(each => each.active.postMessage('keep'))"
    )
    assert late.asked.wait(PATIENCE / 1000)
    with make.writing():
        db.session.query(Kiosk).one().revoked_at = clock.now()
    with suppress(Error):
        kiosk.page.goto("/checkin/kiosk")
    kiosk.page.wait_for_load_state()
    kiosk.until(lambda: not kiosk.stored)
    late.go.set()
    kiosk.page.wait_for_timeout(1000)
    assert not kiosk.stored


def test_the_list_and_the_kiosk_work_with_a_network_and_without_scripts(opened, place, tablet):
    one = place.signups[0]
    cookies = tablet().visitor.context.cookies()
    plain = opened("zh", **TABLET, scripts=False)
    plain.context.add_cookies([each for each in cookies if each["name"] == "kiosk"])
    plain.go(f"/checkin/kiosk/signups/{one.id}")
    with plain.page.expect_event("load"):
        plain.page.locator("main form button").click()
    assert plain.path == "/checkin/kiosk"
    assert set(came()) == {one.id}
    plain.sign_in(place.leader).go(f"/checkin/shifts/{place.shift.id}/list")
    with plain.page.expect_event("load"):
        plain.page.locator(f"[data-signup='{one.id}'] button:visible").click()
    assert came()[one.id].out_source is AttendanceSource.LEADER
