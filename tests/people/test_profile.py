"""What a person may add: languages, areas, the main office, a contact for emergencies."""

from __future__ import annotations

from datetime import date

import make
import pytest
from sqlalchemy import text

from talent.access import Role
from talent.db import db
from talent.offices.models import OfficeKind, Setting
from talent.people.models import Person, Registration, RegistrationState, SpokenLanguage, Tie
from talent.people.profile.service import emergency_of

pytestmark = pytest.mark.usefixtures("clock")
PHONE = "13900139000"


@pytest.fixture
def district(app):
    return make.office("城关区", kind=OfficeKind.DISTRICT)


@pytest.fixture
def street(district):
    return make.office("东街街道", parent=district, kind=OfficeKind.STREET)


@pytest.fixture
def here(street):
    return make.office("春风社区", parent=street)


def turned_on(office, setting):
    make.let(office, since=make.TODAY, **{setting: "on"})


def languages(*given):
    return {
        f"lines-{i}-{name}": value
        for i, line in enumerate(given)
        for name, value in zip(("tongue", "fluency"), line, strict=True)
    }


def stored(account):
    db.session.rollback()
    return db.session.get(Person, account.person_id)


def url(account):
    return f"/people/{account.person_id}/profile"


def test_languages_and_areas_are_kept_shown_and_taken_away(browser, here, street):
    account = make.volunteer(here)
    near = make.office("夏荷社区", parent=street)
    far = make.office("秋水社区")
    browser.sign_in(account)
    page = browser.visit(url(account))
    offered = {e.get("value") for e in page.all("input", name="areas")}
    assert offered == {str(here.id), str(near.id), str(street.id)}
    assert str(far.id) not in offered
    spoken = languages(("yue", "native"), ("csl", "basic"), ("", "everyday"))
    browser.send(url(account), **spoken, areas=[near.id, here.id])
    words = browser.visit("/people/me").words
    assert "Cantonese (Mother tongue), Chinese Sign Language (A little)" in words
    assert [o.id for o in stored(account).areas] == [here.id, near.id]
    browser.send(url(account), **languages(("eng", "fluent")))
    person = stored(account)
    assert [(row.tongue.value, row.fluency.value) for row in person.spoken] == [("eng", "fluent")]
    assert person.areas == []
    history = browser.visit(f"/people/{account.person_id}/history").words
    assert "Cantonese Mother tongue, Chinese Sign Language A little → English Fluent" in history


def test_a_language_that_stands_twice_is_said_beside_its_line(browser, here):
    account = make.volunteer(here)
    browser.sign_in(account)
    twice = languages(("yue", "native"), ("yue", "basic"))
    page = browser.send(url(account), status=422, **twice)
    assert "This language stands in the list already." in page.words
    assert page.all("select", id="lines-1-tongue")[0].get("aria-invalid") == "true"
    assert db.session.query(SpokenLanguage).count() == 0
    browser.send(url(account), status=422, **languages(("klingon", "basic")))


def test_nobody_is_asked_for_a_contact_unless_the_office_wants_it(browser, here, district):
    account = make.volunteer(here)
    browser.sign_in(account)
    contact = {"emergency_name": "李红", "emergency_phone": PHONE, "emergency_relation": "女儿"}
    assert "emergency_name" not in browser.visit(url(account)).fields()
    browser.send(url(account), **contact)
    assert stored(account).emergency_name is None
    turned_on(district, Setting.EMERGENCY_CONTACT)
    browser.send(url(account), **contact)
    assert stored(account).emergency_phone == f"+86{PHONE}"
    assert f"李红 女儿 +86{PHONE}" in browser.visit("/people/me").words


def test_the_number_of_the_contact_is_encrypted_and_masked_for_who_only_reads(browser, here):
    turned_on(here, Setting.EMERGENCY_CONTACT)
    account = make.volunteer(here)
    browser.sign_in(account)
    browser.send(url(account), emergency_name="李红", emergency_phone=PHONE)
    raw = db.session.execute(text("SELECT emergency_phone FROM person")).scalar_one()
    assert PHONE not in raw
    show = f"/people/{account.person_id}"
    browser.sign_in(make.account(Role.COORDINATOR, here))
    assert PHONE in browser.visit(show).words
    browser.sign_in(make.account(Role.AUDITOR, here))
    words = browser.visit(show).words
    assert PHONE not in words
    assert "李红 **********9000" in words
    assert PHONE not in browser.visit(f"{show}/history").words


@pytest.mark.parametrize(
    ("contact", "said"),
    [
        ({"emergency_name": "李红"}, "Give the phone number as well"),
        ({"emergency_phone": PHONE}, "Give the name as well"),
        ({"emergency_name": "李红", "emergency_phone": "12"}, "12"),
    ],
)
def test_half_a_contact_is_refused_and_what_was_typed_stays(browser, here, contact, said):
    turned_on(here, Setting.EMERGENCY_CONTACT)
    account = make.volunteer(here)
    browser.sign_in(account)
    page = browser.send(url(account), status=422, **contact)
    assert said in page.words
    for name, value in contact.items():
        assert page.all("input", name=name)[0].get("value", "").endswith(value)
    assert stored(account).emergency_name is None


def test_a_contact_once_given_can_be_taken_away_after_the_office_stopped_asking(browser, here):
    account = make.volunteer(here, emergency_name="李红", emergency_phone=f"+86{PHONE}")
    browser.sign_in(account)
    assert "emergency_name" in browser.visit(url(account)).fields()
    browser.send(url(account), emergency_name="", emergency_phone="")
    person = stored(account)
    assert (person.emergency_name, person.emergency_phone) == (None, None)


@pytest.mark.parametrize(
    ("born", "named"),
    [(date(2010, 1, 1), ("王妈妈", True)), (date(1990, 1, 1), None), (None, None)],
)
def test_for_a_minor_the_guardian_is_called(app, here, born, named):
    person = make.person(
        at=here, birth_date=born, guardian_name="王妈妈", guardian_phone=f"+86{PHONE}"
    )
    found = emergency_of(person, make.TODAY)
    assert (found and (found.name, found.guardian)) == named


def test_one_of_several_offices_is_the_main_one(browser, here, street):
    account = make.volunteer(here)
    browser.sign_in(account)
    assert "home" not in browser.visit(url(account)).fields()
    other = make.office("夏荷社区", parent=street)
    make.saved(
        Registration(
            person_id=account.person_id, office_id=other.id, state=RegistrationState.ACTIVE,
            applied_at=make.NOW,
        ),
        Tie(person_id=account.person_id, office_id=other.id),
    )  # fmt: skip
    browser.send(url(account), home=other.id)
    assert stored(account).home.id == other.id
    assert "Main office" in browser.visit("/people/me").words
    elsewhere = make.office("别处")
    browser.send(url(account), status=422, home=elsewhere.id)
    browser.send(url(account), home=0)
    assert stored(account).home is None


def test_the_guardian_and_the_office_write_it_too_and_nobody_else(browser, here):
    guardian = make.volunteer(here)
    child = make.person("小明", at=here, guardian_id=guardian.person_id)
    page = f"/people/{child.id}/profile"
    browser.sign_in(guardian).send(page, **languages(("eng", "basic")))
    browser.sign_in(make.account(Role.COORDINATOR, here)).send(page, **languages(("yue", "basic")))
    db.session.rollback()
    assert [row.tongue.value for row in child.spoken] == ["yue"]
    browser.sign_in(make.account(Role.AUDITOR, here)).visit(page, status=404)
    browser.sign_in(make.volunteer(here, "陌生人")).send(page, status=404)
    browser.sign_in(make.account(Role.MANAGER, make.office("别处"))).send(page, status=404)
