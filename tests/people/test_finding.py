"""Finding people: by name, pinyin, initials, number, phone; only those of one's own offices."""

from __future__ import annotations

import make
import pytest
from sqlalchemy import event

from talent.access import Role
from talent.db import db, writing
from talent.people import service
from talent.people.models import Person, Registration, RegistrationState
from talent.seal import blind_index


@pytest.fixture
def here(app):
    return make.office("春风社区")


@pytest.fixture
def clerk(here, browser):
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
    monkeypatch.setattr(service, "PAGE", 2)
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


def queries(clerk, url):
    asked = []

    def note(_c, _cursor, statement, *_rest):
        if statement.lstrip().upper().startswith(("SELECT", "WITH")):
            asked.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        clerk.visit(url)
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    return len(asked)


@pytest.mark.parametrize("url", ["/people/", "/people/?q=w", "/people/applications"])
def test_three_people_cost_as_many_questions_as_one(clerk, here, url):
    make.person("王秀兰", at=here, state=RegistrationState.APPLIED)
    clerk.visit(url)
    one = queries(clerk, url)
    make.person("王五", at=here, state=RegistrationState.APPLIED)
    make.person("王六", at=make.office("下", parent=here), state=RegistrationState.APPLIED)
    assert queries(clerk, url) == one
