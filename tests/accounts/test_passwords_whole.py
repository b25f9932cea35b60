"""A password counts whole: every character, none cut, none changed, none forbidden to paste."""

from __future__ import annotations

import make
import pytest
from accounts.cast import is_in

from talent import passwords

LONG = [
    "志愿服务真好今天也去河边唱歌吧" * 4,
    "x7 quiet herons " * 12,
    "🐦‍⬛ drei stille Reiher am Ufer",
    "three\u00a0quiet\therons",
]


@pytest.mark.parametrize("password", LONG)
def test_any_text_up_to_200_characters_signs_up_and_in_again(clock, browser, password):
    given = {"name": "王秀兰", "login": "li.mei@example.org"}
    make.account()
    browser.send("/account/sign-up", password=password, **given)
    browser.send("/account/sign-out")
    browser.send("/account/sign-in", login=given["login"], password=password)
    assert is_in(browser)


@pytest.mark.parametrize("end", [72, 80, 128, 199])
def test_no_end_of_a_password_is_cut_off(app, end):
    password = "".join(chr(0x4E00 + number) for number in range(end))
    kept = passwords.hashed(password + "尾")
    assert passwords.fits(kept, password + "尾")
    assert not passwords.fits(kept, password)
    assert not passwords.fits(kept, password + "首")
    assert not passwords.fits(passwords.hashed("a\0b" + password), "a\0c" + password)


def test_nothing_hinders_a_password_store_or_pasting(clock, browser):
    make.account()
    for page, wanted in (
        ("/account/sign-in", "current-password"),
        ("/account/sign-up", "new-password"),
    ):
        (field,) = browser.visit(page).all("input", type="password")
        assert field.get("autocomplete") == wanted
        assert not {"onpaste", "maxlength", "readonly"} & set(field.keys())
