"""Service categories: a first list, changed by those at the root."""

import make
import pytest

from talent.access import Role
from talent.db import db, writing
from talent.offices import service
from talent.offices.categories import seed_categories
from talent.offices.models import OfficeKind, ServiceCategory


@pytest.fixture
def street(app):
    with writing():
        seed_categories()
    return make.office("清河街道", kind=OfficeKind.STREET)


@pytest.fixture
def manager(street, browser):
    account = make.account(Role.MANAGER, street)
    browser.sign_in(account)
    return account


def offered():
    db.session.expire_all()
    return [category.name_zh for category in service.categories()]


def test_the_first_list_is_seeded_once(street):
    with writing():
        assert seed_categories() == 0
    assert offered() == [
        "为老服务", "儿童关爱", "健康服务", "就业帮扶", "文化体育", "退役军人服务", "其他服务",
    ]  # fmt: skip


def test_a_category_is_added_at_the_end(clock, browser, manager):
    browser.send("/offices/categories/new", name_zh="环境保护", name_en="Environment")
    assert offered()[-1] == "环境保护"
    assert "Environment" in browser.visit("/offices/categories").words


def test_a_category_is_renamed_moved_and_closed(clock, browser, manager):
    first = service.categories()[0]
    address = f"/offices/categories/{first.id}"
    browser.send(address, name_zh="助老服务", name_en="", place="99", open="y")
    assert offered()[-1] == "助老服务"
    browser.send(address, name_zh="助老服务", name_en="", place="99")
    assert "助老服务" not in offered()
    assert "助老服务 Closed" in browser.visit("/offices/categories").words


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("name_zh", "", "Please fill in this field."),
        ("name_zh", "长" * 51, "Please use at most 50 characters."),
        ("place", "first", "Please write a whole number."),
        ("place", "1000", "Please write a number from 0 to 999."),
    ],
)
def test_what_is_wrong_is_said_beside_the_field(browser, manager, field, typed, sentence):
    first = service.categories()[0]
    given = {"name_zh": "助老服务", "place": "1", "open": "y"} | {field: typed}
    page = browser.send(f"/offices/categories/{first.id}", 422, **given)
    assert sentence in " ".join(page.said("p", id=f"{field}-error"))
    assert offered()[0] == "为老服务"


def test_categories_belong_to_those_at_the_root(clock, browser, street):
    community = make.office("春风社区", parent=street)
    browser.sign_in(make.account(Role.ADMINISTRATOR, community))
    page = browser.visit("/offices/categories")
    assert "Elderly care" in page.words
    assert "New category" not in page.words
    first = db.session.query(ServiceCategory).order_by(ServiceCategory.id).first()
    browser.send("/offices/categories/new", 403, name_zh="x")
    browser.send(f"/offices/categories/{first.id}", 403, name_zh="x", place="1")
    assert len(offered()) == 7


def test_a_category_that_is_none_is_not_found(clock, browser, manager):
    browser.visit("/offices/categories/999", 404)
