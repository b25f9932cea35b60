"""The page that reads the code on a certificate without a network."""

from __future__ import annotations

from datetime import timedelta

import make
import pytest
import scene
from playwright.sync_api import expect

from talent import clock
from talent.access import SYSTEM
from talent.certificates.issuing import service as issuing
from talent.certificates.issuing.service import Circumstances, Wish
from talent.certificates.keys import service as keys
from talent.certificates.keys.models import OfficeKey, Purpose
from talent.certificates.payload import service as payload
from talent.db import db, writing
from talent.hours.models import Origin

PHONE = {"width": 360, "height": 740, "phone": True}
OLD = """
  const asked = SubtleCrypto.prototype.importKey;
  SubtleCrypto.prototype.importKey = function (form, key, name, ...rest) {
    if (name.name === "Ed25519") throw new DOMException("unknown", "NotSupportedError");
    return asked.call(this, form, key, name, ...rest);
  };
"""


@pytest.fixture
def certificate(guarded, address):
    """Issued just now by an office, with time by the system and time by hand."""
    place = scene.place()
    person = make.person("王秀兰", at=place.office)
    today = clock.today(place.office.zone, clock.now())
    make.record(person, place.office, 125, day=today - timedelta(days=2))
    make.record(person, place.office, 30, day=today - timedelta(days=1), origin=Origin.HAND)
    by = Circumstances(SYSTEM, clock.now(), today, f"{address}/verify")
    with writing():
        made = issuing.issue_for(person, Wish(office_id=place.office.id), by)
        return made.content


@pytest.fixture
def phone(opened):
    """A phone that opened the page once, and whose network is cut."""

    def give(language="en", before=None, **look):
        visitor = opened(language, **(PHONE | look))
        if before:
            visitor.page.add_init_script(before)
        visitor.go("/verify/offline")
        visitor.page.wait_for_selector("body[data-ready]")
        visitor.context.set_offline(True)
        visitor.page.goto("/verify/offline", wait_until="load")
        return visitor

    return give


def read(visitor, typed):
    visitor.page.fill("#address", typed)
    visitor.page.locator("#code button[type=submit]").click()
    expect(visitor.page.locator("#result")).to_be_visible()
    return visitor.page.locator("#result")


def quiet(visitor):
    said = visitor.complaints
    said[:] = [each for each in said if "ERR_INTERNET_DISCONNECTED" not in each]


@pytest.mark.parametrize("before", [None, OLD], ids=["WebCrypto", "the library"])
def test_without_a_network_the_code_is_read_and_its_signature_checked(certificate, phone, before):
    his = phone(before=before)
    result = read(his, payload.address(certificate))
    expect(result).to_contain_text("The office signed this summary")
    for words in (certificate["number"], "2 h 35 min", "2 h 5 min", "30 min"):
        expect(result).to_contain_text(words)
    his.page.fill("#name", "王秀兰")
    his.page.locator("#compare button").click()
    expect(his.page.locator("#named")).to_contain_text("was issued for this name")
    his.page.fill("#name", "王秀蓝")
    his.page.locator("#compare button").click()
    expect(his.page.locator("#named")).to_contain_text("was not issued for this name")
    expect(his.page.locator("main")).to_contain_text("The list of keys on this device is of")
    quiet(his)


@pytest.mark.parametrize("before", [None, OLD], ids=["WebCrypto", "the library"])
def test_no_changed_letter_is_believed(certificate, phone, before):
    his, address = phone(before=before), payload.address(certificate)
    head, _, text = address.rpartition("/")
    for place in (0, 3, 9, 30, 60, 75, 120, 170):
        other = "B" if text[place] == "A" else "A"
        result = read(his, f"{head}/{text[:place]}{other}{text[place + 1 :]}")
        expect(result).not_to_contain_text("The office signed this summary", use_inner_text=True)
    for nothing in (f"{address}A", address[:-1], "ZM2026-7K3M-9QXW-2DTHB"):
        result = read(his, nothing)
        expect(result).to_contain_text("There is no signed summary in it", use_inner_text=True)
    quiet(his)


def test_a_scanned_code_opens_the_page_by_itself_without_a_network(certificate, phone):
    his = phone("zh")
    address = payload.address(certificate)
    his.page.goto(address[address.index("/verify") :], wait_until="load")
    expect(his.page.locator("#result")).to_contain_text(certificate["number"])
    quiet(his)


def test_with_a_network_a_scanned_code_asks_the_register(certificate, opened):
    his = opened("en", **PHONE)
    his.go("/verify/offline")
    his.page.wait_for_selector("body[data-ready]")
    address = payload.address(certificate)
    his.go(address[address.index("/verify") :])
    assert "This certificate is valid" in his.words


def test_a_withdrawn_key_is_told_when_the_list_knows_it(certificate, phone):
    with writing():
        (key,) = db.session.query(OfficeKey).filter_by(purpose=Purpose.PAYLOAD)
        keys.withdraw(key, since=key.made_at, why="被盗", actor=SYSTEM, now=clock.now())
    his = phone()
    result = read(his, payload.address(certificate))
    expect(result).to_contain_text("signed with a key that was withdrawn", use_inner_text=True)
    quiet(his)


def test_signing_in_on_the_spot_and_this_page_keep_what_is_their_own(certificate, phone):
    """The other worker's release cleans up after itself alone."""
    his = phone()
    his.context.set_offline(False)
    his.page.evaluate("navigator.serviceWorker.register('/sw.js', {scope: '/checkin/'})")
    his.page.wait_for_function("caches.keys().then(all => all.some(n => n.startsWith('checkin-')))")
    his.page.wait_for_timeout(500)
    kept = his.page.evaluate("caches.keys()")
    assert {name.partition("-")[0] for name in kept} == {"checkin", "verify"}
    quiet(his)


def test_a_certificate_of_attendance_says_that_it_is_no_service(certificate, phone):
    """The first byte tells it; signed by the same key, as an office would."""
    training = dict(certificate, kind="training")
    shown = read(phone(), payload.address(training))
    expect(shown.get_by_text("The office signed this summary")).to_be_visible()
    expect(shown.locator("[data-put=kind]")).to_contain_text("training, which is not service")
    shown = read(phone(), payload.address(certificate))
    expect(shown.locator("[data-put=kind]")).to_have_text("Volunteer service record certificate")
