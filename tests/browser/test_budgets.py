"""What a page costs on a slow line, and what the browser must refuse to run."""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import scene

FIRST_VIEW = 60_000  # bytes over the wire, everything, nothing cached
REQUESTS = 6
OFFICE_VIEW, OFFICE_REQUESTS = 120_000, 10  # the same for those who plan
FRAGMENT = 10_000
BY_KIND = {"Document": 14_000, "Stylesheet": 12_000, "Script": 25_000}
AGAIN, AGAIN_REQUESTS = 15_000, 2  # a page that comes after another one, loaded as a whole
NODES = 1500
# What each page weighed last; KEEP=1 writes the file anew (README tells when one does that).
KEPT, GROWN = Path(__file__).with_name("kept_bytes.json"), 1.05
POLICY = re.compile(r"default-src 'none'; script-src 'nonce-[\w-]{20,}'; style-src 'self'; ")
LAX = re.compile(r"unsafe-|strict-dynamic|https?:|\*")

ATTACK = """<article class="card" id="{id}"><h2>Swapped</h2>
<script>window.ran = 'inline'</script>
<script nonce="guess">window.ran = 'guessed nonce'</script>
<script src="/static/js/talent.js?ran"></script>
<img src="/static/none" onerror="window.ran = 'onerror'" alt="">
<a href="javascript:void(window.ran='link')" id="trap">x</a>
<div hx-on:click="window.ran = 'hx-on'" id="trap2">y</div>
<div hx-get="/healthz" hx-swap="none" id="trap3"
  hx-trigger="click[window.ran='filter']" hx-vals="js:{{a: window.ran='vals'}}">z</div>
</article>"""


@dataclass
class Meter:
    """What goes over the wire, as the browser itself counts it."""

    visitor: object
    answers: dict = field(default_factory=dict)
    kinds: dict = field(default_factory=dict)
    sizes: dict = field(default_factory=dict)

    def __post_init__(self):
        wire = self.visitor.context.new_cdp_session(self.visitor.page)
        wire.on("Network.responseReceived", self._received)
        wire.on("Network.loadingFinished", self._finished)
        wire.send("Network.enable")
        self.wire = wire

    def _received(self, event):
        if not event["response"]["url"].startswith("data:"):
            self.answers[event["requestId"]] = event["response"]["url"]
            self.kinds[event["requestId"]] = event["type"]

    def _finished(self, event):
        self.sizes[event["requestId"]] = event["encodedDataLength"]

    def clear(self, *, cold=False):
        for told in (self.answers, self.kinds, self.sizes):
            told.clear()
        if cold:
            self.wire.send("Network.clearBrowserCache")

    @property
    def bill(self):
        """Bytes by address, without what the browser had already."""
        return {url: size for n, url in self.answers.items() if (size := self.sizes.get(n))}

    @property
    def by_kind(self):
        """Bytes by what they are: a document, a style sheet, a script."""
        found = {}
        for number, kind in self.kinds.items():
            found.setdefault(kind, []).append(self.sizes.get(number, 0))
        return found


def weighed(name, total):
    """A page is at most five in a hundred heavier than it was kept with."""
    kept = json.loads(KEPT.read_text()) if KEPT.exists() else {}
    if os.environ.get("KEEP"):
        kept = dict(sorted((kept | {name: total}).items()))
        KEPT.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n")
    assert total <= kept[name] * GROWN, f"{name} weighs {total} bytes, not {kept[name]}"


@pytest.fixture
def shifts(guarded):
    """A community with a full page of shifts and a volunteer."""
    place = scene.place()
    for day in range(1, 31):
        scene.shift(place.project, scene.at(day, 10))
    place.volunteer = scene.volunteer(place.office)
    return place


@pytest.fixture
def first_view(opened, squeezed):
    """What a page costs somebody who has never been here."""

    def measured(path, account=None, **window):
        visitor = opened("zh", **window)
        if account:
            visitor.sign_in(account)
        meter = Meter(visitor)
        meter.clear(cold=True)
        visitor.go(path)
        visitor.page.wait_for_load_state("networkidle")
        measured.visitor, measured.meter = visitor, meter
        return meter.bill

    return measured


PHONE = {"width": 360, "height": 740, "phone": True}


@pytest.mark.parametrize(
    "path",
    [
        "/account/sign-in",
        "/shifts/",
        "/shifts/for-me",
        "/shifts/mine",
        "/shifts/1",
        "/hours/",
        "/certificates/",
    ],
)
def test_a_volunteers_first_views_are_light(first_view, shifts, path):
    bill = first_view(path, None if "sign-in" in path else shifts.volunteer, **PHONE)
    assert len(bill) <= REQUESTS, bill
    assert 5_000 < sum(bill.values()) <= FIRST_VIEW, bill
    assert not [url for url in bill if "board.js" in url or "place.js" in url]
    assert {urlsplit(url).netloc for url in bill} == {urlsplit(first_view.visitor.address).netloc}
    kinds = first_view.meter.by_kind
    assert "Font" not in kinds
    assert len(kinds["Stylesheet"]) == 1
    for kind, most in BY_KIND.items():
        assert 0 < sum(kinds[kind]) <= most, (kind, kinds)
    nodes = first_view.visitor.page.evaluate("document.querySelectorAll('*').length")
    assert nodes <= NODES
    weighed(path, sum(bill.values()))


@pytest.mark.parametrize("path", ["/hours/", "/shifts/mine"])
def test_a_whole_page_after_another_brings_no_files_again(opened, shifts, squeezed, path):
    his = opened("zh", **PHONE).sign_in(shifts.volunteer)
    his.go("/shifts/")
    his.page.wait_for_load_state("networkidle")
    meter = Meter(his)
    his.go(path)
    his.page.wait_for_load_state("networkidle")
    assert len(meter.bill) <= AGAIN_REQUESTS, meter.bill
    assert 0 < sum(meter.bill.values()) <= AGAIN
    weighed(f"{path} after another", sum(meter.bill.values()))


@pytest.mark.parametrize(
    "path", ["/shifts/board?view=week", "/shifts/board?view=day", "/shifts/1/roster"]
)
def test_an_offices_first_views_are_light(first_view, shifts, path):
    bill = first_view(path, shifts.coordinator)
    assert len(bill) <= OFFICE_REQUESTS, bill
    assert 5_000 < sum(bill.values()) <= OFFICE_VIEW, bill
    weighed(path, sum(bill.values()))


def test_the_board_brings_its_script_when_one_comes_to_it_from_another_page(opened, shifts):
    hers = opened("zh").sign_in(shifts.coordinator)
    script = hers.page.locator("script[src*='board.js']")
    assert script.count() == 0
    hers.press(hers.page.locator("#menu a[href$='/shifts/board']"))
    script.wait_for(state="attached")
    hers.go("/shifts/projects")
    assert script.count() == 0


def test_a_second_page_brings_its_words_alone(opened, shifts, squeezed):
    his = opened("zh", **PHONE).sign_in(shifts.volunteer)
    his.go("/shifts/")
    his.page.wait_for_load_state("networkidle")
    meter = Meter(his)
    his.follow("/shifts/for-me")
    assert len(meter.bill) == 1, meter.bill
    assert sum(meter.bill.values()) <= 15_000


def test_an_act_brings_a_fragment(opened, shifts, squeezed):
    his = opened("zh", **PHONE).sign_in(shifts.volunteer)
    his.go("/shifts/1")
    his.page.wait_for_load_state("networkidle")
    meter = Meter(his)
    his.send("/signup?need=1")
    assert list(meter.bill) == [f"{his.address}/shifts/1/signup?need=1"]
    assert 0 < sum(meter.bill.values()) <= FRAGMENT
    weighed("an act in place", sum(meter.bill.values()))


def test_every_kind_of_answer_carries_the_strict_policy(opened, shifts):
    his = opened("en").sign_in(shifts.volunteer)
    ask = his.context.request
    htmx = {"headers": {"HX-Request": "true"}}
    for answer in (
        ask.get("/shifts/"),
        ask.get("/shifts/999"),
        ask.get("/people/"),
        ask.post("/shifts/1/signup?need=1"),
        ask.post("/shifts/1/signup?need=1", **htmx),
        ask.get("/verify/none"),
        ask.get("/shifts/", **htmx),
    ):
        policy = answer.headers["content-security-policy"]
        assert POLICY.match(policy), (answer.url, policy)
        assert not LAX.search(policy), (answer.url, policy)
        assert "frame-ancestors 'none'" in policy


@pytest.fixture
def swapped(shifts):
    """What becomes of a fragment full of scripts in a window, once it is swapped in."""

    def swap(visitor):
        visitor.sign_in(shifts.volunteer).go("/shifts/1")
        body = ATTACK.format(id="shift-1")
        visitor.page.route(
            "**/signup?need=1",
            lambda route: route.fulfill(status=200, content_type="text/html", body=body),
        )
        visitor.send("/signup?need=1")
        fragment = visitor.page.locator("#shift-1")
        assert fragment.locator("h2").text_content() == "Swapped"
        for trap in ("#trap", "#trap2", "#trap3"):
            fragment.locator(trap).click()
        visitor.page.wait_for_timeout(300)
        ran = visitor.page.evaluate("window.ran"), fragment.locator("script").count()
        # What the browser refused, it said; that is what we want to hear.
        refusals = [said for said in visitor.complaints if "Content Security Policy" in said]
        visitor.complaints.clear()
        return *ran, refusals

    return swap


def test_nothing_runs_that_a_fragment_smuggles_in(opened, swapped):
    ran, scripts, refusals = swapped(opened("en"))
    assert (ran, scripts) == (None, 0)
    assert refusals


def test_without_the_policy_something_would_have_run(opened, swapped):
    ran, _, refusals = swapped(opened("en", lawless=True))
    assert ran
    assert refusals == []
