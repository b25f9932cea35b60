"""One's own account, and the language and look of the pages."""

import pytest
from accounts.cast import beside, holder

from talent.accounts.models import Account
from talent.db import db


def cookie(browser, name):
    found = browser.get_cookie(name)
    return found.value if found else None


def test_name_and_language_are_ones_own(clock, browser):
    someone = holder(name="王秀兰")
    browser.sign_in(someone)
    assert browser.visit("/account/").all("input", name="name")[0].get("value") == "王秀兰"
    browser.send("/account/", name="欧阳 · 秀兰", language="zh")
    db.session.expire_all()
    kept = db.session.get(Account, someone.id)
    assert (kept.name, kept.language) == ("欧阳·秀兰", "zh")
    assert "我的账号" in browser.visit("/account/").words


def test_a_name_that_is_none_is_refused(clock, browser):
    browser.sign_in(holder())
    page = browser.send("/account/", 422, name="=1+1", language="zh")
    assert "formula" in beside(page, "name")
    assert page.all("input", name="name")[0].get("value") == "=1+1"


def test_a_stranger_chooses_language_theme_and_type_size(clock, browser):
    holder()
    page = browser.send("/preferences", language="zh", next="/account/sign-in?next=/x")
    assert page.location == "/account/sign-in?next=/x"
    browser.send("/preferences", theme="dark", size="large")
    html = browser.visit("/account/sign-in").tree
    root = html if html.tag == "html" else html.find("html")
    assert (root.get("lang"), root.get("data-theme"), root.get("data-size")) == (
        "zh-CN", "dark", "large",
    )  # fmt: skip


def test_one_choice_leaves_the_others_and_an_empty_one_goes_back(clock, browser):
    browser.send("/preferences", theme="dark", size="large")
    browser.send("/preferences", size="")
    assert (cookie(browser, "theme"), cookie(browser, "size")) == ("dark", None)


def test_a_choice_is_kept_for_a_year_for_this_site_alone(clock, browser):
    page = browser.send("/preferences", theme="dark")
    (sent,) = [v for k, v in page.response.headers if k == "Set-Cookie" and v.startswith("theme")]
    assert "Max-Age=31536000" in sent
    assert "SameSite=Lax" in sent


@pytest.mark.parametrize(
    "fields",
    [{"language": "xx"}, {"theme": "neon"}, {"size": "9"}, {"next": "https://evil.example"}],
)
def test_what_is_not_offered_changes_nothing(clock, browser, fields):
    page = browser.send("/preferences", **fields)
    assert page.location == "/"
    assert (cookie(browser, "theme"), cookie(browser, "size")) == (None, None)
    assert cookie(browser, "lang") == "en"


def test_the_language_is_kept_with_the_account_as_well(clock, browser):
    someone = holder()
    browser.sign_in(someone).send("/preferences", language="en")
    db.session.expire_all()
    assert db.session.get(Account, someone.id).language == "en"
