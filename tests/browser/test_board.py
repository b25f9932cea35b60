"""The board by mouse, by keyboard alone, and without scripts; its sheets on paper."""

from __future__ import annotations

import re
import shutil
import subprocess
from datetime import timedelta

import make
import pytest
import scene
from playwright.sync_api import expect
from test_keyboard import focused, tab_to

from talent.db import db, writing
from talent.shifts.models import Need, Shift, Signup


@pytest.fixture
def board(guarded):
    """Two shifts of tomorrow; Wang has a place on the first, Wu is free."""
    place = scene.place()
    place.day = scene.today() + timedelta(1)
    place.first = scene.shift(place.project, scene.at(1, 9))
    place.second = scene.shift(place.project, scene.at(1, 14))
    place.wang = make.person("王秀兰", at=place.office)
    place.wu = make.person("吴一凡", at=place.office)
    place.one = make.signup(place.first, place.wang)
    place.path = f"/shifts/board?view=week&on={place.day}"
    return place


def taken():
    db.session.rollback()
    return [need.taken for need in db.session.query(Need).order_by(Need.id)]


def drag(his, chip, need):
    """Drag a person's name onto a position, and wait for the question."""
    with his.page.expect_response(lambda answer: "/board/move?" in answer.url):
        his.page.drag_and_drop(f"[data-signup='{chip}']", f"[data-need='{need}']")
    his.page.locator("#move form").wait_for()


def test_a_person_is_dragged_to_another_shift(opened, board):
    his = opened("en").sign_in(board.coordinator)
    his.go(board.path)
    drag(his, board.one.id, board.second.needs[0].id)
    asked = his.page.locator("#move")
    assert "No rule objects" in asked.inner_text()
    assert his.path.startswith("/shifts/board?")
    assert focused(his, "#move")
    assert his.faults() == []
    assert taken() == [1, 0]  # nothing is moved yet
    his.press(asked.locator("button[type=submit]"))
    assert his.path.startswith("/shifts/board?")
    assert taken() == [0, 1]
    assert his.page.locator(f"#slot-{board.second.id} .chip").count() == 1


def test_what_the_rules_say_stands_beside_a_dragged_move(opened, board):
    with writing():
        clash = scene.shift(board.project, scene.at(1, 15))
    make.signup(clash, board.wang)
    his = opened("en").sign_in(board.coordinator)
    his.go(board.path)
    drag(his, board.one.id, board.second.needs[0].id)
    assert "It overlaps" in his.page.locator("#move").inner_text()
    his.press(his.page.locator("#move button[type=submit]"))
    assert his.page.title().startswith("Error:")
    assert taken() == [1, 0, 1]
    his.fill(reason="nobody else can")
    his.press(his.page.locator("#move button[type=submit]"))
    assert taken() == [0, 1, 1]


def test_somebody_gets_a_place_and_moves_by_keyboard_alone(opened, board):
    hers = opened("en").sign_in(board.coordinator)
    hers.go(board.path)
    tab_to(hers, f"#slot-{board.first.id} a")
    hers.page.keyboard.press("ArrowRight")  # no other day has a shift
    assert focused(hers, f"#slot-{board.first.id}")
    hers.page.keyboard.press("Tab")
    assert focused(hers, f"#slot-{board.second.id}")
    hers.enter()
    assert hers.path.startswith(f"/shifts/board/{board.second.id}?")
    tab_to(hers, "#q")
    with hers.page.expect_response(lambda answer: "q=wuyifan" in answer.url):
        hers.page.keyboard.type("wuyifan")
    act = f"form[action*='person={board.wu.id}'] button"
    hers.page.locator(act).wait_for()
    with hers.page.expect_response(lambda answer: "q=wuyifan" in answer.url):
        hers.page.keyboard.press("Tab")  # whoever leaves the field has typed all
    expect(hers.page.locator(".htmx-request, .htmx-swapping, .htmx-settling")).to_have_count(0)
    tab_to(hers, act)
    hers.enter()
    hers.page.locator("#panel .notice").wait_for()
    assert taken() == [1, 1]
    assert "吴一凡 has a place." in hers.page.locator("#panel").inner_text()
    tab_to(hers, "#panel a[href*='/board/move']")
    hers.enter()
    tab_to(hers, "#need")
    hers.page.keyboard.press("Tab")
    hers.enter()
    tab_to(hers, "#move button[type=submit]")
    hers.enter()
    assert taken() == [2, 0]
    assert hers.path.startswith(f"/shifts/board/{board.second.id}")


def test_arrow_keys_go_from_cell_to_cell(opened, board):
    with writing():
        later = scene.shift(board.project, scene.at(1, 9) + timedelta(1))
        below = scene.shift(board.project, scene.at(1, 9), place="东门")
    his = opened("en").sign_in(board.coordinator)
    his.go(f"/shifts/board?on={board.day}")
    inside = later.day.isocalendar()[1] == board.day.isocalendar()[1]
    his.page.locator(f"#slot-{board.first.id} a").focus()
    if inside:
        his.page.keyboard.press("ArrowRight")
        assert focused(his, f"#slot-{later.id}")
        his.page.keyboard.press("ArrowLeft")
    up_or_down = "ArrowUp" if board.project.place > "东门" else "ArrowDown"
    his.page.keyboard.press(up_or_down)
    assert focused(his, f"#slot-{below.id}")


def test_without_scripts_everything_is_done_by_links_and_forms(opened, board):
    his = opened("en", scripts=False, width=320, height=640).sign_in(board.coordinator)
    his.go(f"/shifts/board?view=day&on={board.day}")
    his.press(his.page.locator(f"#slot-{board.first.id} a"))
    his.press(his.page.locator("#panel a[href*='/board/move']"))
    his.fill(need=board.second.needs[0].id)
    his.send("/shifts/board/move")
    his.press(his.page.locator("#move button[type=submit]"))
    assert taken() == [0, 1]
    his.fill(q="wu")
    his.press(his.page.locator("form.filters button"))
    his.press(his.page.locator(f"form[action*='person={board.wu.id}'] button"))
    assert taken() == [1, 1]
    assert db.session.query(Signup).filter_by(person_id=board.wu.id).one().shift_id == (
        board.first.id
    )


def test_a_month_opens_a_day_and_a_region_brings_the_next(opened, board):
    with writing():
        for hour in range(45):
            start = scene.at(1, 8) + timedelta(minutes=hour)
            db.session.add(
                Shift(
                    project_id=board.project.id, starts_at=start, made_at=start, state="published",
                    ends_at=start + timedelta(hours=1),
                    needs=[Need(position_id=board.project.positions[0].id, places=1)],
                )
            )  # fmt: skip
    his = opened("en").sign_in(board.coordinator)
    his.go(f"/shifts/board?view=month&on={board.day}")
    his.page.locator(f".month a[href*='on={board.day}']").first.click()
    slots = his.page.locator("#day .slot")
    his.page.locator("#day .region").wait_for()
    assert slots.count() == 40
    his.page.locator("#day .more a").click()
    expect(slots).to_have_count(47)
    assert "view=month" in his.path
    ids = slots.evaluate_all("all => all.map(one => one.id)")
    assert len(set(ids)) == 47
    assert his.faults() == []


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize(("people", "pages"), [(25, 1), (32, 2)])
def test_a_sign_in_sheet_of_25_is_one_page_of_a4(opened, board, tmp_path, language, people, pages):
    shift = scene.shift(board.project, scene.at(2, 9), places=40)
    for number in range(people):
        make.signup(shift, make.person(f"王秀{chr(0x4E00 + number)}", at=board.office))
    his = opened(language).sign_in(board.coordinator)
    his.go(f"/shifts/board/paper?kind=signing&shift={shift.id}")
    text, told = paper(his, tmp_path)
    assert f"Pages: {pages} " in told
    assert "(A4)" in told
    assert "王秀一" in text.replace(" ", "")
    assert {"zh": "签名", "en": "Signature"}[language] in text
    assert re.search(rf"1 ?/ ?{pages}\b", text)
    assert "Menu" not in text


def test_a_roster_of_a_week_has_each_place_on_a_page_of_its_own(opened, board, tmp_path):
    scene.shift(board.project, scene.at(1, 18), place="东门")
    his = opened("zh").sign_in(board.coordinator)
    his.go(f"/shifts/board/paper?on={board.day}")
    text, told = paper(his, tmp_path)
    assert "Pages: 2 " in told
    first, second = text.split("\f")[:2]
    assert ("东门" in first) is ("东门" not in second)
    assert "王秀兰" in text


def paper(his, folder):
    """What the browser prints, as text, and what the file says of itself."""
    file = folder / "paper.pdf"
    his.page.pdf(path=file, prefer_css_page_size=True)
    text, told = (
        subprocess.run(words, capture_output=True, text=True, check=True).stdout
        for words in ([_tool("pdftotext"), "-layout", file, "-"], [_tool("pdfinfo"), file])
    )
    return text, re.sub(r"\s+", " ", told)


def _tool(name):
    return shutil.which(name)
