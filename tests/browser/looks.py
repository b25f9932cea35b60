"""How a page is looked at: in both lights, all sizes of type, on one load of the smallest phone."""

from __future__ import annotations

import re
from collections import Counter
from urllib.parse import urlencode, urljoin

import filled
import refusals
import valid
from playwright.sync_api import expect
from visitor import AXE

from talent.access import NOBODY

PHONE = {"width": 320, "height": 640}
LANGUAGES = ("zh", "en")
CLOSED = {"accounts.first_start", "reports.components"}  # to whoever comes later, or to an office
SECRET = re.compile(r'name="(csrf_token|form_key)" value="[^"]*"|nonce="[^"]*"|\d\d:\d\d')
FORM = "application/x-www-form-urlencoded"
TARGET, LARGE_TARGET = 44, 60  # pixels of the main controls, by the size of type

# What a finger has to hit: the control, or the words that belong to it. A link within a sentence
# is as large as its line.
MEASURED = """least => {
  const found = [], small = [], ids = new Set();
  for (const e of document.querySelectorAll('[id]')) {
    if (ids.has(e.id)) found.push(`two elements are #${e.id}`);
    ids.add(e.id);
  }
  const heads = document.querySelectorAll('h1').length;
  if (heads !== 1) found.push(`${heads} h1`);
  const controls = 'button, input, select, textarea, summary, a.button, nav a';
  for (const e of document.querySelectorAll(controls)) {
    if (e.type === 'hidden' || e.disabled || e.closest('.sr, .skip')) continue;
    if (!e.checkVisibility({visibilityProperty: true})) continue;
    const parts = [e, ...(e.labels || [])].map(each => each.getBoundingClientRect());
    if (!parts[0].width) continue;
    const high = Math.max(...parts.map(p => p.bottom)) - Math.min(...parts.map(p => p.top));
    const wide = Math.max(...parts.map(p => p.right)) - Math.min(...parts.map(p => p.left));
    if (Math.round(Math.min(high, wide)) < least)
      small.push(`${Math.round(wide)} x ${Math.round(high)} px, not ${least}: `
        + e.outerHTML.slice(0, 120));
  }
  const wide = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth > wide) {
    const reach = e => Math.max(e.getBoundingClientRect().right, e.offsetLeft + e.scrollWidth);
    const wider = [...document.querySelectorAll('body *')]
      .filter(e => e.checkVisibility() && reach(e) > wide + 1);
    for (const e of [document.body, ...wider].slice(-2))
      found.push(`sticks out: ${e.outerHTML.slice(0, 160)}`);
  }
  return [...found, ...small.slice(0, 3)];
}"""

FORMS = "main form.form[method=post]:not([data-passkey])"
MISTYPED = """form => {
  let blank = false;
  for (const e of form.elements) {
    if (!e.matches('input, textarea')) continue;
    if (['hidden', 'radio', 'checkbox', 'file'].includes(e.type)) continue;
    const figures = e.inputMode && e.type !== 'number';  // which takes nothing else
    if (figures || ['email', 'tel', 'url'].includes(e.type)) e.value = 'x1';
    else if (e.required && !blank) [e.value, blank] = ['', true];
    else if (e.type === 'text' || e.matches('textarea')) e.value = '?' + e.name;
  }
}"""


def look(visitor) -> list[str]:
    """What is wrong with the page that the visitor has before her, in words.

    Text of the light page reaches in small type what it has to reach in large type.
    """
    page = visitor.page
    found = [*visitor.faults(), *page.evaluate(MEASURED, TARGET)]
    page.evaluate("document.documentElement.dataset.size = 'large'")
    found += [f"large type: {each}" for each in page.evaluate(MEASURED, LARGE_TARGET)]
    page.emulate_media(color_scheme="dark")
    found += [f"dark: {each}" for each in visitor.pale()]
    page.evaluate("document.documentElement.dataset.size = 'largest'")
    found += [f"largest type: {each}" for each in page.evaluate(MEASURED, LARGE_TARGET)]
    page.emulate_media(color_scheme="light")
    page.evaluate("delete document.documentElement.dataset.size")
    return found


def glance(visitor) -> list[str]:
    """The same in the light and the size of type that the page has."""
    return [*visitor.faults(), *visitor.page.evaluate(MEASURED, TARGET)]


def refused(visitor) -> list[str]:
    """What is wrong with the page that refuses what was sent: its look, its focus, its title."""
    return [*look(visitor), *unsaid(visitor)]


def unsaid(visitor) -> list[str]:
    """Whether the page that refuses leads to the problem and says so in its title."""
    found = []
    if not visitor.page.locator("[data-problem]:focus").count():
        found.append("the problem has no focus")
    if not visitor.page.title().startswith(("Error:", "错误：")):
        found.append(f"the title does not say so: {visitor.page.title()}")
    return found


def send_nonsense(visitor, place) -> int:
    """Send a form of the page with what nobody can mean; what was answered."""
    page = visitor.page
    form = page.locator(FORMS).nth(place)
    if not form.is_visible():
        return 0
    form.evaluate(MISTYPED)
    with page.expect_response(lambda answer: answer.request.method == "POST") as answered:
        form.evaluate("form => form.requestSubmit()")
    if answered.value.status == 422:
        page.locator("[data-problem]").wait_for()
    else:
        page.wait_for_load_state("networkidle")
    expect(page.locator(".htmx-request, .htmx-swapping, .htmx-settling")).to_have_count(0)
    return answered.value.status


def may(account, permission) -> bool:
    return (account.actor if account else NOBODY).may(permission)


class Round:
    """A round through pages: who looks, what is wrong, and how much was looked at."""

    def __init__(self, opened, who, *, seen=None) -> None:
        self.opened, self.who, self.tablet = opened, who, None
        self.windows, self.sent, self.wrong = {}, {}, {}
        self.seen = set() if seen is None else seen
        self.forms, self.counts = [], Counter()

    def window(self, role, language):
        """Where the account is signed in, on the smallest phone; strangers stand at a tablet."""
        if (role, language) not in self.windows:
            visitor = self.opened(language, **PHONE)
            visitor.page.add_init_script(path=AXE)  # to be sent for each page takes thrice as long
            if account := self.who[role]:
                visitor.sign_in(account)
            else:
                self.tablet = self.tablet or filled.tablet(visitor.address)  # a new one ends it
                visitor.context.add_cookies([self.tablet])
            self.windows[role, language] = visitor
        return self.windows[role, language]

    def visit(self, role, language, path, *, state="filled") -> bool:
        """Look at the page, unless it is not hers or looks like one before; whether it is hers."""
        visitor, name = self.window(role, language), f"{state} {role} {language} {path}"
        answer = visitor.go(path) or visitor.go(path)  # none where signing in still went on
        if not answer.ok:  # another one's thing, or one that is hers to read alone
            if answer.status not in {403, 404, 409}:
                self.note(name, [f"answers {answer.status}"])
            return False
        text = answer.text()
        if self.met(role, language, text):
            return True
        self.sent[name] = text
        page = refusals.tree(text)
        self.note(name, [*look(visitor), *refusals.unaided(page)])
        self.counts[state, language] += 1
        for place, form in enumerate(refusals.forms(page)):
            again = f"refused {role} {language} {path} {place}"
            self.forms.append((visitor, again, path, form))
        return True

    def met(self, role, language, text) -> bool:
        """Whether a page with the same main part was looked at before, by whomever it was.

        The first page of each role is looked at for its head, which is another one.
        """
        main = SECRET.sub("", text.partition("<main")[2])
        if {(language, main), (language, role)} <= self.seen:
            self.counts["seen before", language] += 1
            return True
        self.seen |= {(language, main), (language, role)}
        return False

    def refuse(self) -> None:
        """Send nonsense with each form that was met: what comes back says what is wrong."""
        for visitor, name, path, form in self.forms:
            sent, typed = refusals.nonsense(form)
            answer = visitor.context.request.post(
                urljoin(visitor.address + path, form.get("action") or path),
                data=urlencode(sent, doseq=True), max_redirects=0,
                headers={"Content-Type": FORM, "Referer": visitor.address + path},
            )  # fmt: skip
            assert answer.status < 500, (name, answer.status)
            if answer.status == 422:
                self.sent[name] = answer.text()
                self.note(name, refusals.faults(self.sent[name], typed))
                self.counts["refused, sent", name.split()[2]] += 1

    def note(self, name, found) -> None:
        if found:
            self.wrong.setdefault(name, []).extend(found)

    def judge(self) -> None:
        """All that was sent is valid, and nothing else is wrong."""
        for name, found in valid.faults(self.sent).items():
            self.note(name, found)
        self.sent.clear()
        assert self.wrong == {}, told(self.wrong)


def told(wrong) -> str:
    return "\n".join(f"{where}: {what}" for where, each in wrong.items() for what in each)
