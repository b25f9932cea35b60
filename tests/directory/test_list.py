"""The list of people: found as one types, filtered, in order, only those of one's own offices."""

from __future__ import annotations

from datetime import timedelta

import make
import pytest
from counting import queries

from talent.access import Role
from talent.db import db, writing
from talent.directory import search
from talent.people.models import Person, Registration, RegistrationState
from talent.seal import blind_index
from talent.staffing.models import Appointment, AppointmentKind


@pytest.fixture
def here(app):
    return make.office("春风社区")


@pytest.fixture
def clerk(here, browser, clock):
    browser.sign_in(make.account(Role.COORDINATOR, here))
    return browser


def names(page):
    return [name for name in page.said("a", lang="zh-CN") if name]


def find(clerk, q):
    return names(clerk.visit("/people/", query_string={"q": q}))


@pytest.mark.parametrize("typed", ["王秀兰", "秀兰", "wangxiulan", "wang xiu", "wxl", "WX"])
def test_a_name_its_pinyin_and_its_initials_find_a_person(clerk, here, typed):
    make.person("王秀兰", at=here)
    make.person("李敏", at=here)
    assert find(clerk, typed) == ["王秀兰"]


def test_rare_characters_and_middle_dots_are_found(clerk, here):
    make.person("𬱖一诺", at=here)
    make.person("阿卜杜拉·买买提江", at=here)
    assert find(clerk, "𬱖") == ["𬱖一诺"]
    assert find(clerk, "阿卜杜拉•买买") == ["阿卜杜拉·买买提江"]
    assert find(clerk, "买买提江") == ["阿卜杜拉·买买提江"]


def test_the_last_four_digits_of_the_phone_and_the_whole_number_find_a_person(clerk, here):
    number = "+8613800138000"
    indexes = {
        "phone_index": blind_index("phone", number),
        "phone_tail_index": blind_index("phone-tail", "8000"),
    }
    make.person("王秀兰", at=here, phone=number, **indexes)
    make.person("李敏", at=here)
    assert find(clerk, "8000") == ["王秀兰"]
    assert find(clerk, "138 0013 8000") == ["王秀兰"]
    assert find(clerk, "8001") == []


def test_a_volunteer_number_finds_its_holder(clerk, here):
    person = make.person("王秀兰", at=here)
    make.person("李敏", at=here)
    assert find(clerk, person.volunteer_no.lower()) == ["王秀兰"]


def test_signs_of_the_search_language_are_only_signs(clerk, here):
    make.person("王秀兰", at=here)
    for typed in ("%", "_", "'", "\\", "q%"):
        assert find(clerk, typed) == []


def test_people_stand_in_the_order_of_their_pinyin(clerk, here):
    for name in ("张三", "单志诺", "曾超强", "王秀兰", "区然"):
        make.person(name, at=here)
    assert names(clerk.visit("/people/")) == ["区然", "单志诺", "王秀兰", "曾超强", "张三"]


def test_an_office_lists_nobody_of_another_office(clerk, here):
    other = make.office("秋水社区")
    stranger = make.person("王秀兰", at=other)
    make.person("李敏", at=here)
    assert names(clerk.visit("/people/")) == ["李敏"]
    assert find(clerk, "王秀兰") == []
    clerk.visit(f"/people/{stranger.id}", status=404)
    clerk.visit(f"/people/{stranger.id}/edit", status=404)


def test_the_list_of_a_person_of_two_offices_shows_only_ones_own(clerk, here):
    other = make.office("秋水社区", name_en="Autumn")
    person = make.person("李敏", at=here)
    make.saved(
        Registration(
            person_id=person.id, office_id=other.id, state=RegistrationState.LEFT,
            applied_at=make.NOW,
        )
    )  # fmt: skip
    page = clerk.visit("/people/")
    assert names(page) == ["李敏"]
    assert "Autumn" not in page.words


def test_a_filter_keeps_to_a_state_an_office_and_a_kind_of_service(clerk, here, app):
    below = make.office("小区", parent=here)
    health = make.category("health", "医疗健康")
    make.person("王秀兰", at=here, state=RegistrationState.PAUSED)
    make.person("李敏", at=below)
    carer = make.person("曾超强", at=here)
    with writing():
        db.session.get(Person, carer.id).categories = [db.session.merge(health)]
    assert names(clerk.visit("/people/?state=paused")) == ["王秀兰"]
    assert names(clerk.visit(f"/people/?office={below.id}")) == ["李敏"]
    assert names(clerk.visit(f"/people/?category={health.id}")) == ["曾超强"]
    assert names(clerk.visit(f"/people/?office={below.id}&state=paused")) == []
    assert len(names(clerk.visit("/people/?state=nonsense&office=x&after=:::"))) == 3


def test_pages_follow_the_key(clerk, here, monkeypatch):
    monkeypatch.setattr(search, "PAGE", 2)
    for name in ("王一", "王一", "李敏", "张三", "区然"):
        make.person(name, at=here)
    page, seen = clerk.visit("/people/"), []
    while True:
        seen += names(page)
        following = page.all("a", rel="next")
        if not following:
            break
        page = clerk.visit(following[0].get("href"))
    assert seen == ["李敏", "区然", "王一", "王一", "张三"]


def questions(clerk, url):
    with queries() as asked:
        clerk.visit(url)
    return len(asked)


@pytest.mark.parametrize("url", ["/people/", "/people/?q=w", "/people/applications"])
def test_three_people_cost_as_many_questions_as_one(clerk, here, url):
    make.person("王秀兰", at=here, state=RegistrationState.APPLIED)
    clerk.visit(url)
    one = questions(clerk, url)
    make.person("王五", at=here, state=RegistrationState.APPLIED)
    make.person("王六", at=make.office("下", parent=here), state=RegistrationState.APPLIED)
    assert questions(clerk, url) == one


def test_who_types_gets_the_list_without_all_that_may_be_chosen(clerk, here):
    make.person("王秀兰", at=here)
    page = clerk.visit("/people/?q=w", headers={"HX-Request": "true"})
    assert names(page) == ["王秀兰"]
    assert not page.all("select")
    again = {"HX-Request": "true", "HX-History-Restore-Request": "true"}
    assert clerk.visit("/people/?q=w", headers=again).all("select")


def test_the_columns_are_those_that_the_account_chose(clerk, here, app):
    make.person("王秀兰", at=here, area="东风里", phone="+8613800138000")
    heads = clerk.visit("/people/").said("th", scope="col")
    assert heads == ["Name", "Volunteer number", "Registration", "Area of residence"]
    clerk.send("/people/columns", columns=["age", "phone", "skills"])
    page = clerk.visit("/people/")
    assert page.said("th", scope="col") == ["Name", "Phone", "Age", "Skills"]
    assert "*******8000" in page.words
    assert "13800138000" not in page.text
    clerk.send("/people/columns", sent="1")
    assert clerk.visit("/people/").said("th", scope="col") == ["Name"]
    clerk.sign_in(make.account(Role.COORDINATOR, here))
    assert clerk.visit("/people/").said("th", scope="col") == heads


def test_every_column_shows_something_of_a_person(clerk, here):
    make.person("王秀兰", at=here)
    every = [
        "number", "registration", "area", "phone", "email", "sex", "born", "age", "document",
        "categories", "skills", "tongues", "credentials", "appointments", "teams", "guardian",
        "since", "language",
    ]  # fmt: skip
    clerk.send("/people/columns", columns=every)
    page = clerk.visit("/people/")
    assert len(page.said("th", scope="col")) == 19
    assert "46" in page.said("td", data_label="Age")
    clerk.send("/people/columns", columns=["nonsense"], status=422)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_page_is_whole_in_both_languages_with_nobody_and_with_somebody(clerk, here, language):
    clerk.speak(language)
    clerk.visit("/people/")
    make.person("王秀兰", at=here)
    assert names(clerk.visit("/people/")) == ["王秀兰"]


def test_three_people_cost_as_many_questions_with_every_column(clerk, here):
    clerk.send(
        "/people/columns",
        columns=["registration", "categories", "skills", "tongues", "credentials", "teams"],
    )
    make.person("王秀兰", at=here)
    clerk.visit("/people/")
    one = questions(clerk, "/people/")
    for name in ("王五", "王六"):
        make.person(name, at=here)
    assert questions(clerk, "/people/") == one


def test_a_filter_is_saved_under_a_name_and_opens_again(clerk, here):
    make.person("王秀兰", at=here, state=RegistrationState.PAUSED)
    make.person("李敏", at=here)
    clerk.send("/people/filters/new?state=paused&q=", name="暂停的", office="0")
    page = clerk.visit("/people/")
    link = next(a for a in page.all("a") if "".join(a.itertext()) == "暂停的")
    assert names(clerk.visit(link.get("href"))) == ["王秀兰"]
    clerk.send("/people/filters/new?state=active", name="暂停的", office="0")
    page = clerk.visit("/people/")
    assert page.words.count("暂停的") == 2  # the link, and whom its button is about


def test_a_filter_is_ones_own_until_it_is_shared_with_the_office(clerk, here, browser):
    clerk.send("/people/filters/new?q=wang", name="姓王的", office="0")
    clerk.send("/people/filters/new?q=li", name="姓李的", office=str(here.id))
    colleague = make.account(Role.COORDINATOR, here)
    browser.sign_in(colleague)
    page = browser.visit("/people/")
    assert "姓李的" in page.words
    assert "姓王的" not in page.words
    for number in (1, 2):
        browser.visit(f"/people/filters/{number}", status=404)
        browser.send(f"/people/filters/{number}/removal", status=404)
    browser.sign_in(make.account(Role.COORDINATOR, make.office("秋水社区")))
    assert "姓李的" not in browser.visit("/people/").words
    browser.send("/people/filters/new?q=li", status=422, name="姓李的", office=str(here.id))


def test_a_saved_filter_is_renamed_and_removed(clerk, here):
    clerk.send("/people/filters/new?q=wang", name="一", office="0")
    clerk.send("/people/filters/new?q=li", name="二", office="0")
    clerk.send("/people/filters/2", status=422, name="一", office="0")
    clerk.send("/people/filters/2", status=422, name="", office="0")
    clerk.send("/people/filters/2", name="三", office=str(here.id))
    assert "三" in clerk.visit("/people/").words
    clerk.send("/people/filters/2/removal")
    assert "三" not in clerk.visit("/people/").words


@pytest.mark.parametrize("few", [3_000, -1])
def test_what_other_offices_hold_of_a_person_is_found_by_nobody_here(clerk, here, monkeypatch, few):
    monkeypatch.setattr(search, "FEW", few)
    other, person = make.office("秋水社区"), make.person("王秀兰", at=here)
    make.saved(
        Registration(
            person_id=person.id, office_id=other.id, state=RegistrationState.PAUSED,
            applied_at=make.NOW + timedelta(days=3),
        ),
        Appointment(
            person_id=person.id, office_id=other.id, kind=AppointmentKind.GRID,
            starts_on=make.TODAY,
        ),
    )  # fmt: skip
    for words in ("state=paused", "since=2026-06-03", "appointment=grid", f"office={other.id}"):
        assert names(clerk.visit(f"/people/?{words}")) == []
    assert names(clerk.visit("/people/?state=active&since=2026-06-01")) == ["王秀兰"]
    clerk.send("/people/columns", columns=["registration", "appointments"])
    assert clerk.visit("/people/").said("td", data_label="Appointments") == ["—"]
