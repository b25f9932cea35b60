"""Kinds of credentials: data that an administrator keeps, with their sources."""

import make
import making
import pytest

from talent.access import Role
from talent.db import db, writing
from talent.rules.sources import Sure
from talent.training import service
from talent.training.models import CredentialKind

FIELDS = {
    "name_zh": "导盲员证",
    "name_en": "Guide certificate",
    "issuer": "市残联",
    "lapses": "y",
    "months": "24",
    "renew_months": "3",
    "learning_hours": "16",
    "renewal_zh": "参加复训",
    "number_mask": "DM9{6}",
    "number_example": "DM123456",
    "evidence": "y",
    "classes": "",
    "remind_days": "60, 14",
    "source": "市残联2026年通知",
    "sure": "b",
    "open": "y",
}


@pytest.fixture
def administrator(cast):
    with writing():
        service.seed_kinds()
    return make.account(Role.ADMINISTRATOR, cast.street)


def the_kind(name="导盲员证"):
    db.session.rollback()
    return db.session.query(CredentialKind).filter_by(name_zh=name).one()


def test_every_kind_that_ships_says_where_it_is_written_and_how_sure_that_is(browser, cast):
    with writing():
        service.seed_kinds()
    for kind in service.kinds():
        assert kind.source
        assert kind.sure is not Sure.OWN
    browser.sign_in(cast.coordinator)
    page = browser.visit("/training/kinds")
    assert "未成年人保护法第六十二条" in page.words
    assert "[A] the text of the law was read" in page.words
    assert "[M] from memory" in page.words
    assert "72 h of continuing education in a term" in page.words


def test_an_administrator_adds_a_kind_and_its_rules_hold_at_once(browser, cast, administrator):
    browser.sign_in(administrator)
    course = making.course(cast.street)
    browser.send("/training/kinds/new", courses=[course.id], **FIELDS)
    kind = the_kind()
    assert (kind.months, kind.renew_months, kind.learning_minutes) == (24, 3, 960)
    assert (kind.remind_days, kind.sure, kind.evidence) == ([60, 14], Sure.OFFICIAL, True)
    assert [c.id for c in kind.courses] == [course.id]
    browser.sign_in(cast.volunteer)
    url = f"/training/mine/credentials/new?kind_id={kind.id}"
    assert "For example DM123456" in browser.visit(url).words
    fields = {"kind_id": kind.id, "issued_on": "2026-01-01", "number": "123456"}
    page = browser.send("/training/mine/credentials/new", 422, **fields)
    assert "A number of this kind looks like DM123456." in page.words


def test_a_kind_is_changed_and_closed_and_the_seed_leaves_it_alone(browser, cast, administrator):
    browser.sign_in(administrator)
    kind = making.kind()
    page = browser.visit(f"/training/kinds/{kind.id}/edit")
    assert page.all("input", name="name_zh", value="救护员证")
    fields = FIELDS | {"name_zh": "急救员证"}
    browser.send(
        f"/training/kinds/{kind.id}/edit", **{k: v for k, v in fields.items() if k != "open"}
    )
    with writing():
        assert service.seed_kinds() == 0
    assert the_kind("急救员证").code == "first_aid"
    browser.sign_in(cast.volunteer)
    page = browser.visit("/training/mine/credentials/new")
    assert "Guide certificate" not in page.words


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"number_mask": "9{"}, "Write 9 for a digit"),
        ({"number_example": "DM12"}, "The example does not look as the format says."),
        ({"number_example": ""}, "Give an example of the number."),
        ({"months": ""}, "What is renewed before its end has to lapse"),
        ({"renew_months": "25"}, "The renewal cannot open earlier"),
        ({"remind_days": "60, soon"}, "different numbers of days from 1 to 366"),
        ({"remind_days": "400"}, "different numbers of days from 1 to 366"),
        ({"remind_days": "7,7"}, "different numbers of days from 1 to 366"),
        ({"classes": "x" * 11}, "Write at most 30 classes of 10 characters each."),
        ({"source": ""}, "Say where it is written"),
        ({"name_zh": ""}, "Please fill in this field."),
    ],
)
def test_a_kind_that_makes_no_sense_is_refused_beside_its_field(
    browser, administrator, changed, said
):
    browser.sign_in(administrator)
    page = browser.send("/training/kinds/new", 422, **(FIELDS | changed))
    assert said in page.words
    assert page.all("input", name="issuer", value="市残联")
    assert db.session.query(CredentialKind).filter_by(issuer="市残联").count() == 0


def test_only_an_administrator_keeps_kinds(browser, cast):
    kind = making.kind()
    for account in (cast.coordinator, make.account(Role.MANAGER, cast.street)):
        browser.sign_in(account)
        assert not browser.visit("/training/kinds").all("a", href="/training/kinds/new")
        browser.visit(f"/training/kinds/{kind.id}/edit", 403)
        browser.send("/training/kinds/new", 403, **FIELDS)


def test_a_kind_that_was_there_before_kinds_had_sources_takes_over_what_ships(cast):
    make.saved(CredentialKind(code="child_safety", name_zh="查询证明", place=7))
    with writing():
        service.seed_kinds()
    kind = db.session.query(CredentialKind).filter_by(code="child_safety").one()
    assert (kind.is_check, kind.recheck_months, kind.sure) == (True, 12, Sure.PRIMARY)
