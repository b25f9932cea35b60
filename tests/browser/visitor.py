"""Somebody in front of a browser, and what the browser has to complain about."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from playwright.sync_api import expect

AXE = Path(__file__).parent / "vendor" / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"]
PASSWORD = "three-quiet-herons"
EXPECTED = re.compile(
    r"(Failed to load resource.* status of|Response Status Error Code) 4\d\d"
)  # we look at errors, too
PATIENCE = 15_000  # milliseconds, on a machine that does other things


def keys(text):
    """How often one presses a key for it; a Chinese character takes some three, by its sound."""
    return sum(3 if each > "\u2e80" else 1 for each in text)


@cache
def _axe():
    return AXE.read_text(encoding="utf-8")


class Visitor:
    """A window of its own: nothing is shared with another's, as on another device."""

    def __init__(
        self, chromium, address, language="zh", *,
        width=1280, height=800, scripts=True, theme="", size="", phone=False,
        lawless=False,
    ):  # fmt: skip
        self.address = address
        self.scripts, self.phone = scripts, phone
        self.taps = self.typed = self.keys = 0
        self.complaints = []
        self.screens = []
        self.context = chromium.new_context(
            base_url=address,
            locale="zh-CN" if language == "zh" else "en-GB",
            viewport={"width": width, "height": height},
            java_script_enabled=scripts,
            has_touch=phone,
            is_mobile=phone,
            color_scheme="dark" if theme == "dark" else "light",
            reduced_motion="reduce",
            bypass_csp=lawless,
        )
        wishes = {"lang": language, "theme": theme, "size": size}
        self.context.add_cookies(
            [{"name": n, "value": v, "url": address} for n, v in wishes.items() if v]
        )
        self.context.set_default_timeout(PATIENCE)
        self.page = self.context.new_page()
        self.page.on("console", self._said)
        self.page.on("pageerror", lambda error: self.complaints.append(f"error: {error}"))
        self.page.on("framenavigated", self._moved)
        self.context.on("request", self._asked)
        self.context.on("response", self._answered)

    def close(self):
        self.context.close()

    def _said(self, message):
        if message.type in {"error", "warning"} and not EXPECTED.search(message.text):
            self.complaints.append(f"{message.type}: {message.text} at {self.page.url}")

    def _moved(self, frame):
        if self.screens[-1:] != [shown := frame.url.removeprefix(self.address)]:
            self.screens.append(shown)

    def _asked(self, request):
        viewer = ("chrome:", "chrome-extension:")  # the browser's own, of PDFs
        own = (self.address, "data:", "blob:", "about:", *viewer)
        if not request.url.startswith(own):
            self.complaints.append(f"asked another host: {request.url}")

    def _answered(self, response):
        if response.status >= 500:
            self.complaints.append(f"{response.status}: {response.url}")

    # -- acts, in the words of a user; each waits until its page is there

    def go(self, path):
        return self.page.goto(path, wait_until="load")

    def fill(self, **fields):
        """Type into the fields with these names; a list is a choice of boxes."""
        for name, value in fields.items():
            field = self.page.locator(f"main [name='{name}']")
            kind = field.first.evaluate("e => e.type || e.tagName")
            if kind in {"radio", "checkbox"}:
                boxes = [field.first] if value is True else [
                    self.page.locator(f"main [name='{name}'][value='{each}']")
                    for each in (value if isinstance(value, list) else [value])
                ]  # fmt: skip
                for box in boxes:
                    box.check()
                self.taps += len(boxes)
            elif kind == "select-one":
                field.select_option(str(value))
                self.taps += 2  # open, choose
            else:
                field.fill(str(value))
                self.typed += 1
                self.keys += keys(str(value))

    def send(self, act="", within="main"):
        """Press the button of the form, or of the one whose address ends so."""
        forms = f"{within} form[action$='{act}']" if act else f"{within} form.form"
        button = self.page.locator(f"{forms} button[type=submit]").first
        if not button.is_visible():
            self.page.locator(f"{forms} summary").first.click()
            self.taps += 1
        self.press(button)

    def press(self, button):
        """Press what sends a form or leads on, and wait for what comes of it."""
        self.taps += 1
        boosted = self.scripts and button.evaluate("b => !b.closest('[hx-boost=false]')")
        self._awaited(button.click, boosted=boosted)

    def enter(self):
        """The same by the Enter key, on what has the focus."""
        focus = "!document.activeElement.closest('[hx-boost=false]')"
        boosted = self.scripts and self.page.evaluate(focus)
        self._awaited(lambda: self.page.keyboard.press("Enter"), boosted=boosted)

    def _awaited(self, act, *, boosted):
        if boosted:
            with self.page.expect_response(lambda answer: not 300 <= answer.status < 400):
                act()
            expect(
                self.page.locator(".htmx-request, .htmx-swapping, .htmx-settling")
            ).to_have_count(0)
        else:
            with self.page.expect_event("load"):
                act()

    def follow(self, end):
        """Press the link of the page whose address ends so."""
        self.press(self.page.locator(f"main a[href$='{end}']").first)

    def sign_in(self, account):
        """Through the sign-in page, as everybody."""
        self.go("/account/sign-in")
        self.fill(login=account.email, password=PASSWORD)
        self.send()
        self.page.wait_for_url(lambda url: "sign-in" not in url)
        return self

    @property
    def path(self):
        return self.page.url.removeprefix(self.address)

    @property
    def words(self):
        """What the main part says, blanks folded."""
        return " ".join(self.page.locator("main").inner_text().split())

    # -- what a stranger would check on any page

    def faults(self):
        """Violations of WCAG 2.2 A and AA that axe finds on the page, and text below 7:1."""
        return self._found(TAGS, enhanced=True)

    def pale(self):
        """Text with a contrast of less than 7:1, as the light is now."""
        both = ["color-contrast", "color-contrast-enhanced"]  # each tells what is in its own span
        return self._found({"type": "rule", "values": both})

    def _found(self, asked, *, enhanced=False):
        if not self.page.evaluate("'axe' in window"):
            self.page.evaluate(_axe())
        found = self.page.evaluate(
            """([asked, enhanced]) => axe.run(document, {
                runOnly: asked, resultTypes: ['violations'],
                rules: enhanced ? {'color-contrast-enhanced': {enabled: true}} : {},
                preload: false, iframes: false, selectors: false,  // nothing of ours needs them
              }).then(r => r.violations.map(v => [v.id, v.nodes.slice(0, 3).map(
                n => n.html.slice(0, 160) + ' | ' + [...n.any, ...n.all, ...n.none][0]?.message
              )]))""",
            [asked, enhanced],
        )
        return [f"{rule}: {node}" for rule, nodes in found for node in nodes]

    def overflow(self):
        """What sticks out of the window sideways."""
        return self.page.evaluate(
            """() => {
              const wide = document.documentElement.clientWidth;
              if (document.documentElement.scrollWidth <= wide) return [];
              const reach = e =>
                Math.max(e.getBoundingClientRect().right, e.offsetLeft + e.scrollWidth);
              const wider = [...document.querySelectorAll('body *')]
                .filter(e => e.checkVisibility() && reach(e) > wide + 1);
              return [document.body, ...wider].slice(-3).map(e => e.outerHTML.slice(0, 160));
            }"""
        )
