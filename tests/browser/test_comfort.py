"""High contrast, less motion, the type of the elder: as the device or its owner wishes it."""

from __future__ import annotations

import subprocess

import pytest
import scene
from visitor import PASSWORD

FIRST = {"width": 360, "height": 640}  # what a small phone shows before one scrolls
SIZES = {"large": 18, "larger": 24, "largest": 30}  # least pixels of the main text

# What is told in colour alone where the device takes all colours away: a state without a frame and
# a word, a drawing in the colour of its ground, a chosen one that looks like its neighbours.
LOST = """() => {
  const found = [], ground = getComputedStyle(document.body).backgroundColor;
  const told = (e, why) => found.push(`${why}: ${e.outerHTML.slice(0, 120)}`);
  const seen = query => [...document.querySelectorAll(query)].filter(e => e.checkVisibility());
  for (const e of seen('.state, .notice, .button, .menu-button, .slot, .heat, input, select')) {
    const style = getComputedStyle(e);
    if (!parseFloat(style.borderTopWidth) || style.borderTopColor === ground) told(e, 'no frame');
  }
  for (const e of seen('.state, .heat, p.mark, span.mark'))
    if (!e.textContent.trim()) told(e, 'no word');
  for (const e of seen('svg.icon')) if (getComputedStyle(e).stroke === ground) told(e, 'unseen');
  for (const e of seen('.chart path, .chart rect')) {
    const style = getComputedStyle(e);
    if ([style.stroke, style.fill].every(c => c === ground || c === 'none')) told(e, 'unseen');
  }
  const chosen = '[aria-current], [aria-pressed=true]';
  for (const e of seen(chosen)) if (e.matches('nav a, button, li, td, th')) {
    if (getComputedStyle(e).outlineStyle === 'none') told(e, 'not told from the others');
  }
  return found;
}"""
MOVING = """() => [...document.querySelectorAll('*')].filter(e => {
  const style = getComputedStyle(e);
  return style.animationName !== 'none' || style.transitionDuration.split(', ').some(parseFloat);
}).map(e => e.outerHTML.slice(0, 120))"""
COLUMNS = """() => [...document.querySelectorAll('main *')].filter(e => {
  const style = getComputedStyle(e);
  if (e.closest('.tabs, .line, .actions') || !e.checkVisibility()) return false;
  if (style.display.endsWith('grid')) return style.gridTemplateColumns.split(' ').length > 1;
  return style.display === 'table-row';
}).map(e => e.outerHTML.slice(0, 120))"""

UNKNOWN = """const none = new CSSStyleSheet();
  none.replaceSync('* { scroll-initial-target: none !important }');
  document.adoptedStyleSheets.push(none);"""
TWO_LINES = 80  # pixels, of a tab whose words are long
IN_VIEW = """e => {
  const [own, row] = [e, e.closest('ul')].map(each => each.getBoundingClientRect());
  return [own.left >= row.left - 1, own.right <= row.right + 1];
}"""


@pytest.fixture
def place(guarded):
    made = scene.place()
    scene.staff(made.office)
    made.volunteer = scene.volunteer(made.office)
    made.shift = scene.shift(made.project, scene.at(2, 10), places=1)
    return made


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nothing_is_lost_where_the_device_sets_the_colours(opened, place, theme, tmp_path):
    hers = opened("zh", **FIRST, theme="light").sign_in(place.volunteer)
    hers.page.emulate_media(forced_colors="active", color_scheme=theme)
    hers.go("/checkin/me")
    hers.page.locator(".qr").screenshot(path=tmp_path / "code.png")
    read = ["zbarimg", "-q", "--raw", tmp_path / "code.png"]
    assert subprocess.run(read, capture_output=True, check=True, text=True).stdout.strip()
    his = opened("en", theme="light").sign_in(place.manager)
    his.page.emulate_media(forced_colors="active", color_scheme=theme)
    wrong = {}
    for visitor, path in (
        (hers, "/"), (hers, f"/shifts/{place.shift.id}"), (his, "/shifts/board"),
        (his, "/staffing/heat"), (his, f"/staffing/{place.office.id}"),
    ):  # fmt: skip
        assert visitor.go(path).ok, path
        wrong[path] = visitor.page.evaluate(LOST)
        visitor.page.keyboard.press("Tab")
        ring = visitor.page.evaluate(
            "parseFloat(getComputedStyle(document.activeElement).outlineWidth)"
        )
        assert ring >= 2
    assert not any(wrong.values()), wrong


def test_nothing_moves_for_whoever_wants_no_motion(opened, place):
    hers = opened("zh", **FIRST).sign_in(place.volunteer)
    hers.page.evaluate("document.querySelector('#busy').classList.add('htmx-request')")
    assert hers.page.evaluate(MOVING) == []
    hers.page.emulate_media(reduced_motion="no-preference")
    assert "busy" in str(hers.page.evaluate(MOVING))  # what is looked for can be seen


def test_large_type_is_one_tap_away_on_the_first_screen_and_is_remembered(opened, place):
    hers = opened("zh", **FIRST, phone=True)
    for path in ("/", "/account/sign-in", "/verify", "/shifts/"):
        hers.go(path)
        box = hers.page.locator(".masthead [name=size]").bounding_box()
        assert box["y"] + box["height"] <= FIRST["height"], path
    hers.press(hers.page.locator(".masthead [name=size]"))
    assert hers.path == "/shifts/" or hers.path.startswith("/account/sign-in")
    hers.go("/account/sign-in")
    assert hers.page.locator("html").get_attribute("data-size") == "large"
    hers.fill(login=place.volunteer.email, password=PASSWORD)
    hers.send()
    assert hers.page.locator("html").get_attribute("data-size") == "large"


@pytest.mark.parametrize("size", SIZES)
def test_large_type_is_large_and_stands_in_one_column(opened, place, size):
    hers = opened("zh", size=size).sign_in(place.volunteer)
    for path in ("/", f"/shifts/{place.shift.id}", "/hours/", "/people/me"):
        hers.go(path)
        height, line = hers.page.evaluate(
            "(s => [s.fontSize, s.lineHeight].map(parseFloat))(getComputedStyle(document.body))"
        )
        assert height >= SIZES[size]
        assert line >= 1.3 * height
        assert hers.page.evaluate(COLUMNS) == [], path


@pytest.mark.parametrize("scripts", [False, True])
def test_tabs_are_one_row_that_begins_with_the_current_one_in_view(opened, place, scripts):
    his = opened("en", width=320, height=640, scripts=scripts).sign_in(place.manager)
    if scripts:  # they do it where the style sheet's word for it is not known
        his.context.add_init_script(UNKNOWN)
    for path, places in (("/staffing/", 7), ("/staffing/forecast", 6), ("/training/kinds", 9)):
        his.go(path)
        tabs = his.page.locator(".tabs").first
        assert tabs.locator("li").count() >= places
        assert tabs.bounding_box()["height"] <= TWO_LINES, path
        assert tabs.locator("[aria-current]").evaluate(IN_VIEW) == [True, True], path
        assert his.overflow() == []
        last = tabs.locator("a").last
        tabs.locator("a").first.focus()
        assert last.evaluate(IN_VIEW) != [True, True], path
        for _ in range(places - 1):
            his.page.keyboard.press("Tab")
        assert last.evaluate("e => e === document.activeElement")
        assert last.evaluate(IN_VIEW) == [True, scripts or path != "/staffing/forecast"]
