"""What is said when an act gets no answer of ours, and answers that come in the wrong order."""

from __future__ import annotations

import re

import pytest
import scene
from playwright.sync_api import expect

UNFOLDED = "e => e.querySelectorAll('details').forEach(each => each.open = true)"
ONE, TWO = re.compile("place=one"), re.compile("place=two")
PROXY = "<!doctype html><title>Bad gateway</title><h1>a proxy of somebody else</h1>"


@pytest.fixture
def hers(opened, guarded):
    place = scene.place()
    shift = scene.shift(place.project, scene.at(2, 10))
    visitor = opened("en").sign_in(scene.volunteer(place.office))
    visitor.go(f"/shifts/{shift.id}")
    return visitor


FATES = {
    "no network": ({}, "There is no connection."),
    "a proxy": (
        {"status": 502, "content_type": "text/html", "body": PROXY},
        "Something went wrong",
    ),
    "no page": ({"status": 500, "content_type": "text/plain", "body": "x"}, "Something went wrong"),
}


@pytest.mark.parametrize(("answer", "says"), FATES.values(), ids=FATES.keys())
def test_what_goes_wrong_is_said_aloud_on_the_page(hers, answer, says):
    button = hers.page.locator("main form[method=post] button[type=submit]").first
    hers.page.route(
        "**/signup*", lambda route: route.fulfill(**answer) if answer else route.abort()
    )
    button.click()
    said = hers.page.get_by_role("alert")
    expect(said).to_contain_text(says)
    assert hers.page.locator("h1").count() == 1
    assert "proxy" not in hers.words
    hers.complaints.clear()  # of the network, which is gone


def test_no_answer_in_time_is_said_aloud_on_the_page(hers):
    hers.page.route("**/signup*", lambda _never: None)
    hers.page.evaluate("htmx.config.timeout = 300")
    hers.page.locator("main form[method=post] button[type=submit]").first.click()
    expect(hers.page.get_by_role("alert")).to_contain_text("No answer came in time.")
    hers.complaints.clear()


def test_an_older_answer_never_takes_the_place_of_a_newer_one(hers):
    """The first request of a search is held back until the second one was answered."""
    hers.go("/shifts/")
    hers.page.locator("main").evaluate(UNFOLDED)
    held = []

    def hold(route):
        held.append(route)

    hers.page.route(ONE, hold)
    with hers.page.expect_request(ONE):
        hers.page.locator("#place").press_sequentially("one")
    with hers.page.expect_response(TWO):
        hers.page.locator("#place").fill("two")
    hers.page.wait_for_url(TWO)
    for route in held:
        route.continue_()
    hers.page.wait_for_load_state("networkidle")
    assert hers.page.locator("#place").input_value() == "two"
    assert "place=two" in hers.path
    assert hers.page.locator("#results").count() == 1
    hers.complaints.clear()  # htmx says of the first one that it was given up
