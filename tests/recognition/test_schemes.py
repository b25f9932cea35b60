"""Schemes: from a template or typed, for an office and those below it, from a day to a day."""

from datetime import date

import make
import pytest
from counting import queries
from honours import scheme

from talent.access import Role
from talent.db import db
from talent.recognition import service
from talent.recognition.models import StarScheme
from talent.recognition.schemes.service import TEMPLATES, Template
from talent.rules.stars import Level as Typed
from talent.rules.stars import LevelKind, Source, StarPeriod, refusals_to_levels

pytestmark = pytest.mark.usefixtures("clock")


def form_of(page):
    """What the form on the page would send."""
    sent = {}
    for each in page.all("input"):
        if each.get("type") == "radio":
            if each.get("checked") is not None:
                sent[each.get("name")] = each.get("value")
        elif each.get("name"):
            sent[each.get("name")] = each.get("value") or ""
    for each in page.all("select"):
        options = list(each.iter("option"))
        chosen = [o for o in options if o.get("selected") is not None] or options[:1]
        if each.get("name"):
            sent[each.get("name")] = chosen[0].get("value")
    sent.pop("csrf_token", None)
    return {k: v for k, v in sent.items() if k not in {"q", "theme", "size", "lang"}}


def hours_of(found):
    return [level.hours for level in found.levels]


@pytest.mark.parametrize("template", Template)
def test_a_template_is_set_as_it_is(browser, community, manager, template):
    browser.sign_in(manager)
    url = f"/recognition/schemes/new?template={template.value}"
    page = browser.visit(url)
    browser.send(url, **form_of(page))
    found = db.session.query(StarScheme).one()
    outline = TEMPLATES[template]
    assert hours_of(found) == [rung.hours for rung in outline.rungs]
    assert (found.office_id, found.period, found.sureness) == (
        community.id, outline.period, outline.sureness,
    )  # fmt: skip
    words = browser.visit("/recognition/schemes").words
    assert outline.source in words


def test_templates_are_lawful_and_say_what_they_rest_on():
    for outline in TEMPLATES.values():
        typed = [Typed(rung.hours, rung.name_zh) for rung in outline.rungs]
        assert not refusals_to_levels(typed, outline.condition, first=make.TODAY, last=None)
        assert outline.source
        assert outline.sureness is not Source.OWN
    hours = {t: [r.hours for r in o.rungs] for t, o in TEMPLATES.items()}
    assert hours[Template.NATIONAL] == [100, 300, 600, 1000, 1500]
    assert hours[Template.BEIJING] == [100, 200, 500, 800, 1000, 2000, 3000, 5000]
    assert hours[Template.ZHANGJIAGANG] == [30, 60, 100, 200, 300, 600, 1000, 1500, 3000]
    assert hours[Template.COMMUNITY] == [10, 20, 30, 40, 50]
    assert hours[Template.HONG_KONG] == [50, 100, 300, 500]
    assert TEMPLATES[Template.COMMUNITY].period is StarPeriod.YEAR
    medals = [r.hours for r in TEMPLATES[Template.BEIJING].rungs if r.kind is LevelKind.MEDAL]
    assert medals == [2000, 3000, 5000]


def test_what_is_wrong_is_said_and_what_was_typed_stays(browser, community, manager):
    browser.sign_in(manager)
    url = "/recognition/schemes/new?template=national"
    sent = form_of(browser.visit(url))
    sent |= {"levels-1-hours": "50", "name_zh": "我们的办法", "last_day": "2026-05-01"}
    page = browser.send(url, 422, **sent)
    assert "Each threshold must be higher than the one before." in page.words
    assert "The last day is before the first day." in page.words
    assert page.all("input", name="name_zh")[0].get("value") == "我们的办法"
    assert page.all("input", name="levels-1-hours")[0].get("value") == "50"
    assert db.session.query(StarScheme).count() == 0


@pytest.mark.parametrize("typed", ["x" * 70_000, "-1", "1e9", "9" * 30, "nan", "²"])
def test_nonsense_in_a_scheme_is_answered(browser, community, manager, typed):
    browser.sign_in(manager)
    url = "/recognition/schemes/new?template=national"
    sent = form_of(browser.visit(url)) | {"quality": "evaluations", "least_count": "1"}
    for name in ("levels-1-hours", "least_average", "levels-0-kind", "period", "office"):
        browser.send(url, 422, **(sent | {"least_average": "4"} | {name: typed}))
    assert db.session.query(StarScheme).count() == 0


def test_a_sign_that_no_database_takes_is_left_out_of_a_name(browser, community, manager):
    browser.sign_in(manager)
    url = "/recognition/schemes/new?template=national"
    browser.send(url, **(form_of(browser.visit(url)) | {"levels-0-name_zh": "一\x00星 "}))
    assert db.session.query(StarScheme).one().levels[0].name_zh == "一星"


def test_a_condition_of_quality_is_kept(browser, community, manager):
    browser.sign_in(manager)
    url = "/recognition/schemes/new?template=community"
    sent = form_of(browser.visit(url)) | {"quality": "evaluations"}
    page = browser.send(url, 422, **sent)
    assert "The least average is between 1 and 5." in page.words
    sent |= {"least_average": "4.5", "least_count": "3"}
    browser.send(url, **sent)
    found = db.session.query(StarScheme).one()
    assert (str(found.condition.least_average), found.condition.least_count) == ("4.50", 3)


def test_a_scheme_ends_on_a_day_and_that_of_the_office_above_holds_again(
    browser, district, street, community, manager
):
    above = scheme(district, 100)
    own = scheme(community, 10)
    browser.sign_in(manager).send(f"/recognition/schemes/{own.id}/end", last_day="2026-06-30")
    for day, holds in ((date(2026, 6, 30), own.id), (date(2026, 7, 1), above.id)):
        db.session.expire_all()
        found = service.schemes_at([community], on=day)[community.id]
        assert [each.id for each in found] == [holds]
    browser.send(f"/recognition/schemes/{own.id}/end", 422, last_day="2025-12-31")


def test_a_scheme_of_tomorrow_does_not_hold_today(community):
    scheme(community, 10, first_day=date(2026, 6, 2))
    assert service.schemes_at([community], on=make.TODAY)[community.id] == []


def test_many_offices_cost_one_question(district, street, community):
    scheme(district, 100)
    service.schemes_at([district, street, community], on=make.TODAY)
    with queries() as one:
        service.schemes_at([community], on=make.TODAY)
    with queries() as many:
        service.schemes_at([district, street, community], on=make.TODAY)
    assert len(one) == len(many)


def test_who_sets_no_rules_sets_no_scheme(browser, district, community):
    found = scheme(community, 10)
    browser.sign_in(make.account(Role.COORDINATOR, community))
    browser.visit("/recognition/schemes")
    browser.visit("/recognition/schemes/new", 403)
    other = make.office("别处")
    browser.sign_in(make.account(Role.MANAGER, other))
    browser.visit(f"/recognition/schemes/{found.id}/end", 404)
    assert "Star levels" not in browser.visit("/recognition/schemes").words
    sent = form_of(browser.visit("/recognition/schemes/new?template=national"))
    browser.send(
        "/recognition/schemes/new?template=national", 422, **(sent | {"office": str(community.id)})
    )
