"""What is swapped into a page: pressed or fetched, then looked at, and asked for as a page."""

from __future__ import annotations

import html
import re

import looks

NAMES = re.compile(r"\d+|(?<=/)[\w.-]{20,}")
# A hidden form is sent by what is dragged, which has a test of its own.
LISTED = """kind => [...document.querySelectorAll(`main [${kind}]:not(form[hidden])`)].map(
  e => [e.getAttribute(kind), e.matches('form[method=get]')])"""
FETCHED = """async ([place, types]) => {
  for (const each of document.querySelectorAll('main details')) each.open = true;
  const element = document.querySelectorAll('main [hx-get]:not(form[hidden])')[place];
  const settled = new Promise((done, lost) => {
    document.addEventListener('htmx:afterSettle', done, {once: true});
    setTimeout(lost, 15000, 'nothing was swapped');
  });
  const fields = [...element.querySelectorAll('input, select, button, summary')];
  const focus = types ? fields.find(e => e.checkVisibility()) : document.querySelector('main');
  focus.focus();
  if (types) htmx.trigger(element, 'submit');
  else htmx.ajax('GET', element.getAttribute('hx-get'), {source: element});
  await settled;
  return types && document.activeElement !== focus ? ['the focus has left the field'] : [];
}"""
LOST = "!document.activeElement || document.activeElement === document.body"


def pattern(url: str) -> str:
    """The address without what names one thing."""
    return NAMES.sub("*", url.partition("?")[0])


def parts(visitor, kind: str) -> list[tuple[int, str, bool]]:
    """What the page has of it: its place, its address, whether it is a filter."""
    listed = visitor.page.evaluate(LISTED, kind)
    return [(place, url, types) for place, (url, types) in enumerate(listed)]


def fetch(visitor, path: str, part) -> list[str]:
    """Have a part fetched. Focus stays, what came is without fault, and its address is a page."""
    place, url, types = part
    visitor.page.wait_for_load_state("networkidle")  # what comes when it is seen has come
    named = _named(visitor, path)
    found = visitor.page.evaluate(FETCHED, [place, types])
    return [*named, *found, *_swapped(visitor), *_whole(visitor, url or path)]


def unmet(visitor, met: set[str]) -> str:
    """An act of the page of a kind that was not met before, which now it is."""
    for _, url, _ in parts(visitor, "hx-post"):
        if pattern(url) not in met:
            met.add(pattern(url))
            return url
    return ""


def press(visitor, url: str) -> list[str]:
    """Press the button of an act in place."""
    form = visitor.page.locator(f"main form[hx-post='{url}']").first
    form.evaluate("f => f.querySelectorAll('details').forEach(each => each.open = true)")
    visitor.press(form.locator("button[type=submit]").first)
    return _swapped(visitor)


def _named(visitor, path: str) -> list[str]:
    """Whether the page has lost its title to what came into it."""
    served = re.search(r"<title>(.*?)</title>", visitor.context.request.get(path).text(), re.DOTALL)
    given, now = " ".join(html.unescape(served[1]).split()), visitor.page.title()
    return [] if now == given else [f"the title is {now!r}, not {given!r}"]


def _swapped(visitor) -> list[str]:
    found = [
        *looks.glance(visitor),
        *(["the focus is lost"] if visitor.page.evaluate(LOST) else []),
    ]
    visitor.page.reload()
    heads = visitor.page.locator("h1").count()
    return found if heads == 1 else [*found, f"{heads} h1 when loaded anew"]


def _whole(visitor, url: str) -> list[str]:
    answer = visitor.context.request.get(url)
    text, vary = answer.text(), answer.headers.get("vary", "")
    whole = answer.ok and text.lstrip().startswith("<!DOCTYPE html>") and text.count("<h1") == 1
    told = [] if whole else [f"{url} is no page: {answer.status}"]
    return told if "hx-request" in vary.lower() else [*told, f"{url} does not vary: {vary}"]
