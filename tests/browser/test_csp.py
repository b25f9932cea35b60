"""Script in a part that is swapped in runs nowhere; the probe sees it where the law is loosened."""

from __future__ import annotations

import pytest

FRAGMENT = """<section id="probe">
  <script>window.ran.push("inline")</script>
  <script nonce="guessed">window.ran.push("inline with a nonce")</script>
  <script src="/probe.js"></script>
  <img src="/none.png" onerror="window.ran.push('onerror')">
  <p hx-on::load="window.ran.push('hx-on')" hx-trigger="load" hx-get="/none"
     hx-vals="js:{x: window.ran.push('hx-vals')}">planted</p>
  <iframe srcdoc="<script>parent.ran.push('srcdoc')</script>"></iframe>
</section>"""


def swapped(visitor, *, loosened=None):
    """What ran of a fragment that htmx swapped in, told to make scripts of its own anew."""
    page = visitor.page

    def law(route):
        answer = route.fetch()
        policy = answer.headers["content-security-policy"]
        headers = answer.headers | {"content-security-policy": loosened(policy)}
        route.fulfill(response=answer, headers=headers)

    if loosened:
        page.route("**/verify", law)
    page.route("**/probe", lambda r: r.fulfill(content_type="text/html", body=FRAGMENT))
    script = "window.ran.push('src')"
    page.route("**/probe.js", lambda r: r.fulfill(content_type="text/javascript", body=script))
    page.route("**/none*", lambda r: r.fulfill(status=404, body=""))
    visitor.go("/verify")
    page.evaluate(
        """async () => {
          window.ran = [];
          Object.assign(htmx.config, {allowScriptTags: true, allowEval: true});
          await htmx.ajax('GET', '/probe', {target: 'main', swap: 'innerHTML'});
          const picture = document.querySelector('#probe img');
          await new Promise(done => picture.complete ? done() : picture.onload = done);
        }""".replace("picture.onload = done", "picture.addEventListener('error', done)")
    )
    page.wait_for_load_state("networkidle")
    assert page.locator("#probe p").inner_text() == "planted"
    said = [*visitor.complaints]
    visitor.complaints.clear()  # the browser says what it did not run
    return set(page.evaluate("window.ran")), said


def test_nothing_in_a_swapped_part_runs(opened):
    ran, said = swapped(opened("en"))
    assert ran == set()
    assert [each for each in said if "Content Security Policy" in each]


def test_the_probe_sees_what_runs_without_the_law(opened):
    ran, _ = swapped(opened("en", lawless=True))
    assert {"inline", "src", "onerror"} <= ran


@pytest.mark.parametrize(
    ("word", "runs"),
    [("'strict-dynamic'", {"inline", "src"}), ("'self'", {"src"})],
    ids=["strict-dynamic", "self"],
)
def test_the_probe_sees_why_the_nonce_stands_alone(opened, word, runs):
    ran, _ = swapped(
        opened("en"), loosened=lambda policy: policy.replace("script-src ", f"script-src {word} ")
    )
    assert ran >= runs
