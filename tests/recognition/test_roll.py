"""The honour roll: nobody stands on it who did not agree, and no name stands on it whole."""

from datetime import UTC, date, datetime

import make
import pytest
from counting import queries
from honours import scheme

from talent.audit import Act, AuditEntry
from talent.db import db, writing
from talent.people.models import Consent, RegistrationState
from talent.recognition.models import StarGrant
from talent.rules.consent import ConsentKind

pytestmark = pytest.mark.usefixtures("clock")


def turn(office, value="on"):
    make.let(office, since=make.TODAY, honour_roll=value)


def starred(office, level, name, *, place="all", **more):
    account = make.account(person=make.person(name, at=office, **more))
    person = account.person
    give(office, level, person, place=place)
    return account


def give(office, level, person, *, place="all", **more):
    return make.saved(
        StarGrant(
            person_id=person.id, level_id=level.id, office_id=office.id, decider_id=office.id,
            number=f"XJ-{person.id}-{level.id}", period=place, minutes=6000, steps=0, count=0,
            granted_on=make.TODAY, granted_at=make.NOW, **more,
        )
    )  # fmt: skip


def agree(browser, account, person=None, *, act="giving"):
    browser.sign_in(account)
    number = (person or account.person).id
    browser.send(f"/people/{number}/consents/honour_roll/{act}")


def roll(browser, office, status=200):
    with browser.session_transaction() as session:
        session.clear()  # a stranger looks
    page = browser.visit(f"/recognition/roll/{office.id}", status)
    return page.said("strong", lang="zh-CN") if status == 200 else page


@pytest.fixture
def level(district, stars):
    return stars.levels[0]


def test_it_is_off_until_the_office_turns_it_on(browser, community, level):
    agree(browser, starred(community, level, "欧阳娜娜"))
    roll(browser, community, 404)
    turn(community)
    assert roll(browser, community) == ["欧阳*"]
    roll(browser, make.office("别处"), 404)
    roll(browser, type("Nowhere", (), {"id": 999}), 404)


def test_only_who_agreed_is_named_and_only_as_long_as_he_agrees(browser, community, level):
    turn(community)
    agreed = starred(community, level, "张三")
    starred(community, level, "李四")
    assert roll(browser, community) == []
    agree(browser, agreed)
    assert roll(browser, community) == ["张*"]
    agree(browser, agreed, act="withdrawal")
    assert roll(browser, community) == []
    consent = db.session.query(Consent).one()
    assert (consent.version, consent.withdrawn_at is None) == ("2026-06", False)
    acts = [row.act for row in db.session.query(AuditEntry).order_by(AuditEntry.id)]
    assert acts[-2:] == [Act.CONSENT_GIVEN, Act.CONSENT_WITHDRAWN]


def test_nothing_but_a_masked_name_and_the_level_is_shown(browser, community, level):
    turn(community)
    account = starred(community, level, "司马相如")
    agree(browser, account)
    roll(browser, community)
    page = browser.visit(f"/recognition/roll/{community.id}")
    for secret in ("司马相如", "相如", account.person.volunteer_no, "XJ-", "100 h", "6000"):
        assert secret not in page.text
    assert "1-star volunteer" in page.words


def test_for_a_minor_the_guardian_agrees_and_not_the_child(browser, community, level):
    turn(community)
    guardian = make.volunteer(community, "王建国")
    child = starred(
        community, level, "王小明", birth_date=date(2010, 1, 1), guardian_id=guardian.person_id
    )
    agree(browser, child)
    assert roll(browser, community) == []
    page = browser.sign_in(child).visit("/recognition/")
    assert "Under 18 the guardian has to agree" in page.words
    agree(browser, child, act="withdrawal")
    agree(browser, guardian, child.person)
    assert roll(browser, community) == ["王*"]
    agree(browser, child, act="withdrawal")
    assert roll(browser, community) == []


def test_the_day_of_coming_of_age_is_the_border(browser, community, level, clock):
    turn(community)
    young = starred(community, level, "赵一", birth_date=date(2008, 6, 2))
    agree(browser, young)
    assert roll(browser, community) == []
    clock.move_to(datetime(2026, 6, 2, 1, tzinfo=UTC))
    assert roll(browser, community) == ["赵*"]


def test_an_old_version_of_the_notice_is_no_consent(browser, community, level):
    turn(community)
    account = starred(community, level, "张三")
    make.saved(
        Consent(
            person_id=account.person_id, kind=ConsentKind.HONOUR_ROLL, version="2020-01",
            given_at=make.NOW, given_by="张三",
        )
    )  # fmt: skip
    assert roll(browser, community) == []


@pytest.mark.parametrize(
    "more",
    [{"withdrawn_at": make.NOW}, {"doubtful_since": make.NOW}],
    ids=["withdrawn", "doubtful"],
)
def test_what_was_withdrawn_or_is_doubtful_does_not_stand_there(browser, community, level, more):
    turn(community)
    account = make.account(person=make.person("张三", at=community))
    give(community, level, account.person, **more)
    agree(browser, account)
    assert roll(browser, community) == []


def test_who_is_not_an_active_volunteer_of_the_office_does_not_stand_there(
    browser, street, community, level
):
    other = make.office("秋月社区", parent=street)
    turn(street)
    agree(browser, starred(community, level, "张三"))
    agree(browser, starred(community, level, "李四", state=RegistrationState.PAUSED))
    assert roll(browser, other) == []
    assert roll(browser, community) == ["张*"]


def test_the_highest_level_stands_for_all(browser, community, stars):
    turn(community)
    account = starred(community, stars.levels[0], "张三")
    give(community, stars.levels[1], account.person)
    agree(browser, account)
    assert roll(browser, community) == ["张*"]


def test_the_roll_costs_as_much_for_three_as_for_one(browser, community, stars):
    turn(community)
    agree(browser, starred(community, stars.levels[0], "张三"))
    roll(browser, community)
    with queries() as once:
        roll(browser, community)
    for name in ("李四", "王五"):
        agree(browser, starred(community, stars.levels[0], name))
    with queries() as thrice:
        assert len(roll(browser, community)) == 3
    assert len(thrice) == len(once)


def test_an_own_scheme_of_another_office_does_not_hide_a_level(browser, community, stars):
    turn(community)
    account = starred(community, stars.levels[0], "张三")
    yearly = scheme(community, 10, 20)
    give(community, yearly.levels[1], account.person)
    agree(browser, account)
    assert roll(browser, community) == ["张*", "张*"]
    with writing():
        db.session.query(StarGrant).update({"withdrawn_at": make.NOW})
    assert roll(browser, community) == []
