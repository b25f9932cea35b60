"""A certificate says what of it stands in the designated system, as it was on its day."""

import pytest
from answering import answered, confirm, send

from talent.certificates import paper
from talent.certificates.models import Certificate
from talent.db import db


def certified(browser, account):
    browser.sign_in(account).send("/certificates/", language="both")
    return db.session.query(Certificate).order_by(Certificate.id.desc()).first().content


def lines(content):
    return [line.get("national") for group in content["groups"] for line in group["lines"]]


def test_a_certificate_of_what_was_never_sent_says_so_once(browser, account, records):
    content = certified(browser, account)
    assert content["national_system"] == "not_entered"
    assert lines(content) == [None, None]


@pytest.mark.parametrize(
    ("results", "said", "each"),
    [
        (("成功", "成功"), "entered", ["accepted", "accepted"]),
        (("成功", "失败"), "partly", ["accepted", "refused"]),
        (("失败", "失败"), "not_entered", ["refused", "refused"]),
        ((), "not_entered", ["sent", "sent"]),
    ],
)
def test_a_certificate_says_what_the_designated_system_answered(
    browser, account, office, records, coordinator, results, said, each
):
    browser.sign_in(coordinator)
    send(browser, office)
    if results:
        rows = [(r.id, result, "", "") for r, result in zip(records, results, strict=True)]
        confirm(browser, answered(browser, office, *rows))
    content = certified(browser, account)
    assert content["national_system"] == said
    assert lines(content) == each
    assert paper.printed(content).startswith(b"%PDF")


def test_an_answer_that_comes_later_changes_no_certificate_that_is_out(
    browser, account, office, records, coordinator
):
    browser.sign_in(coordinator)
    send(browser, office)
    before = certified(browser, account)
    browser.sign_in(coordinator)
    confirm(browser, answered(browser, office, (records[0].id, "成功", "", "N-1")))
    found = db.session.query(Certificate).one()
    assert found.content == before
    assert "Valid" in browser.visit(f"/certificates/{found.id}").words
