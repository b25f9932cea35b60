"""Two who change the same thing at once: neither loses in silence what the other one wrote."""

from __future__ import annotations

import make
import plan
import pytest

pytestmark = pytest.mark.usefixtures("clock")


def fields_of(page):
    """What the form of the page would send as it stands."""
    main = page.tree.find(".//main")
    found = {
        e.get("name"): e.get("value", "")
        for e in main.iter("input")
        if e.get("name")
        and (e.get("type") not in {"checkbox", "radio"} or e.get("checked") is not None)
    }
    texts = {e.get("name"): "".join(e.itertext()).strip() for e in main.iter("textarea")}
    chosen = {
        each.get("name"): next(
            (o.get("value") for o in each.iter("option") if o.get("selected") is not None), ""
        )
        for each in main.iter("select")
    }
    return found | texts | chosen


@pytest.mark.parametrize("what", ["shift", "project"])
def test_the_second_is_told_that_the_first_one_changed_it_and_keeps_her_words(browser, app, what):
    office = make.office()
    browser.sign_in(plan.coordinator(office))
    project = plan.project(office)
    thing = plan.shift(project) if what == "shift" else project
    path = f"/shifts/{thing.id}/edit" if what == "shift" else f"/shifts/projects/{thing.id}/edit"
    both = fields_of(browser.visit(path))
    browser.send(path, **both | {"place": "north hall"})
    refused = browser.send(path, 422, **both | {"place": "south hall"})
    assert "Somebody else changed this meanwhile." in refused.words
    assert fields_of(refused)["place"] == "south hall"
    assert thing.place == "north hall"
    browser.send(path, **fields_of(refused))  # now that she has seen it
    assert thing.place == "south hall"
