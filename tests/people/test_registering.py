"""A volunteer registers: the eight fields, consents, minors, the office's answer."""

from __future__ import annotations

from datetime import date

import make
import pytest
from sqlalchemy import func, select

from talent.access import Permission, Role
from talent.audit import Act, AuditEntry
from talent.db import db, one
from talent.people import service
from talent.people.models import Consent, Person, Registration, RegistrationState
from talent.rules.consent import ConsentKind

GUARDIAN = {"guardian_name": "王建国", "guardian_phone": "13900139000", "guardian": "y"}


@pytest.fixture
def here(app, clock):
    make.category()
    return make.office("春风社区")


@pytest.fixture
def account(here):
    return make.account(name="王秀兰")


@pytest.fixture
def newcomer(account, browser):
    browser.sign_in(account)
    return browser


def filled(office, **more):
    return {
        "office": office.id,
        "name": "王秀兰",
        "document_kind": "resident_id",
        "document": make.resident_id(),
        "area": "春风社区",
        "phone": "138 0013 8000",
        "email": "xiulan@example.org",
        "skills": "急救",
        "categories": make.category().id,
        "privacy": "y",
    } | more


def count(model):
    return db.session.scalar(select(func.count()).select_from(model))


def stored():
    return db.session.scalars(select(Person)).one()


def standing():
    return db.session.scalars(select(Registration.state)).all()


def test_the_form_asks_the_eight_fields_of_the_law_and_no_more(newcomer):
    asked = newcomer.visit("/people/register").fields()
    eight = {"name", "sex", "born", "document_kind", "document", "area", "phone", "email"}
    eight |= {"skills", "categories"}
    around = {"office", "guardian_name", "guardian_phone", "guardian_relation"}
    consents = {"privacy", "guardian", "child"}
    frame = {None, "csrf_token", "form_key", "next", "size", "language", "theme"}
    assert eight <= asked
    assert asked - frame == eight | around | consents


def test_a_registration_waits_for_the_office_with_its_consent(newcomer, here, account):
    newcomer.send("/people/register", **filled(here))
    person = stored()
    assert (person.name, person.sex.value, person.birth_date) == (
        "王秀兰", "female", date(1990, 3, 14),
    )  # fmt: skip
    assert person.phone == "+8613800138000"
    assert standing() == [RegistrationState.APPLIED]
    consent = db.session.scalars(select(Consent)).one()
    assert (consent.kind, consent.version, consent.given_at, consent.given_by) == (
        ConsentKind.PRIVACY, "2026-06", make.NOW, "王秀兰",
    )  # fmt: skip
    db.session.refresh(account)
    assert account.person_id == person.id
    page = newcomer.visit("/people/me")
    assert "Applied" in page.words
    assert make.resident_id() not in page.text


def test_a_number_lies_sealed_in_the_database(newcomer, here):
    newcomer.send("/people/register", **filled(here))
    row = db.session.connection().exec_driver_sql("SELECT * FROM person").mappings().one()
    assert make.resident_id() not in str(dict(row))
    assert "13800138000" not in str(dict(row))


def test_without_the_consent_nothing_is_stored_and_what_was_typed_stays(newcomer, here):
    fields = filled(here)
    del fields["privacy"]
    page = newcomer.send("/people/register", status=422, **fields)
    assert count(Person) == count(Consent) == count(Registration) == 0
    assert page.all("input", id="name")[0].get("value") == "王秀兰"
    assert page.all("p", id="privacy-error")


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "=1+1"}, "name"),
        ({"document": "110105194912310021"}, "document"),
        ({"document": ""}, "document"),
        ({"born": "1990-03-15"}, "born"),
        ({"sex": "male"}, "sex"),
        ({"document_kind": "passport", "document": "E12345678", "sex": "female"}, "born"),
        ({"document_kind": "passport", "document": "E12345678", "born": "1990-01-01"}, "sex"),
        ({"area": ""}, "area"),
        ({"phone": "", "email": ""}, "phone"),
        ({"phone": "12345"}, "phone"),
        ({"email": "nobody"}, "email"),
        ({"categories": []}, "categories"),
        ({"categories": "999"}, "categories"),
    ],
)
def test_a_wrong_field_is_named_and_nothing_is_stored(newcomer, here, changed, field):
    page = newcomer.send("/people/register", status=422, **filled(here, **changed))
    assert page.all("p", id=f"{field}-error") or page.all("fieldset", id=field, class_="wrong")
    assert count(Person) == 0


def test_a_slip_in_the_number_does_not_make_it_ask_what_the_number_tells(newcomer, here):
    slip = {"document": "110105194912310021"}
    page = newcomer.send("/people/register", status=422, **filled(here, **slip))
    assert page.all("p", id="document-error")
    assert not page.all("p", id="born-error")
    assert not page.all("p", id="sex-error")


def test_other_documents_are_kept_as_text_with_birth_date_and_sex(newcomer, here):
    other = {"document_kind": "passport", "document": "e 1234-5678", "born": "1990-01-01"}
    newcomer.send("/people/register", **filled(here, **other, sex="male"))
    assert (stored().document, stored().birth_date) == ("E12345678", date(1990, 1, 1))


@pytest.mark.parametrize(
    ("born", "given", "missing"),
    [
        (date(2009, 1, 1), {}, {"guardian_name", "guardian"}),
        (date(2009, 1, 1), {**GUARDIAN, "guardian_phone": ""}, {"guardian_name"}),
        (date(2009, 1, 1), GUARDIAN, set()),
        (date(2008, 6, 1), {}, set()),  # eighteen today
        (date(2008, 6, 2), {}, {"guardian_name", "guardian"}),  # tomorrow
        (date(2014, 1, 1), GUARDIAN, {"child"}),
        (date(2014, 1, 1), {**GUARDIAN, "child": "y"}, set()),
        (date(2012, 6, 1), GUARDIAN, set()),  # fourteen today
    ],
)
def test_a_minor_needs_the_guardian(newcomer, here, born, given, missing):
    fields = filled(here, document=make.resident_id(born), **given)
    page = newcomer.send("/people/register", status=422 if missing else 303, **fields)
    asked = ("guardian_name", "guardian_phone", "guardian", "child", "born", "privacy")
    if missing:
        assert {field for field in asked if page.all("p", id=f"{field}-error")} == missing
    assert count(Person) == (0 if missing else 1)


def test_a_guardian_registers_a_child_and_keeps_the_own_account(here, browser, clock):
    parent = make.volunteer(here, "王建国")
    browser.sign_in(parent)
    child = filled(here, name="王小明", document=make.resident_id(date(2014, 1, 1)), child="y")
    browser.send("/people/register?for=child", **child | GUARDIAN)
    person = db.session.scalars(select(Person).where(Person.name == "王小明")).one()
    assert person.guardian_id == parent.person_id
    assert service.has_consented(person.id, ConsentKind.GUARDIAN, make.NOW)
    assert "王小明" in browser.visit("/people/me").words
    browser.send(f"/people/{person.id}/consents/guardian/withdrawal")
    assert not service.has_consented(person.id, ConsentKind.GUARDIAN, make.NOW)


def test_one_on_record_registers_at_another_office_without_typing_anything(here, browser, clock):
    other = make.office("秋水社区")
    browser.sign_in(make.volunteer(here))
    assert "document" not in browser.visit("/people/register").fields()
    browser.send("/people/register", office=other.id)
    assert sorted(standing()) == ["active", "applied"]
    page = browser.send("/people/register", status=422, office=other.id)
    assert "There is a registration at this office already." in page.words


def test_only_open_communities_and_streets_are_offered(newcomer, here):
    make.office("区", kind=make.OfficeKind.DISTRICT, name_en="District")
    make.office("旧社区", open=False, name_en="Closed")
    page = newcomer.visit("/people/register")
    assert page.said("option", value=str(here.id))
    assert "Closed" not in page.words
    assert "District" not in page.words


def test_what_is_wrong_is_told_in_the_order_of_the_page(browser, here):
    make.office("秋水社区")
    browser.sign_in(make.account())
    page = browser.send("/people/register", status=422)
    links = [a.get("href")[1:] for a in page.all("a") if a.get("href", "").startswith("#")]
    told = [each for each in links if each != "main"]
    there = [e.get("id") for e in page.tree.iter() if e.get("id") in told]
    assert told[0] == "office"
    assert told == sorted(told, key=there.index)


# What the office does with it


@pytest.fixture
def clerk(here, browser):
    browser.sign_in(make.account(Role.COORDINATOR, here))
    return browser


def applied(office, clock_person=None, **more):
    """A person who applied with the consent to the notice."""
    person = make.person(at=office, state=RegistrationState.APPLIED, **more)
    make.saved(
        Consent(
            person_id=person.id, kind=ConsentKind.PRIVACY, version="2026-06",
            given_at=make.NOW, given_by=person.name,
        )
    )  # fmt: skip
    return person, db.session.scalars(select(Registration.id).filter_by(person_id=person.id)).one()


def test_accepting_makes_a_volunteer(clerk, here, clock, browser):
    person, number = applied(here)
    assert person.name in clerk.visit("/people/applications").words
    clerk.send(f"/people/registrations/{number}/approval")
    assert one(Registration, number).state is RegistrationState.ACTIVE
    account = make.account(person=db.session.get(Person, person.id))
    assert account.actor.may(Permission.TAKE_SHIFTS, here.path)
    assert person.name not in clerk.visit("/people/applications").words


def test_accepting_in_place_answers_with_the_line(clerk, here, clock):
    _person, number = applied(here)
    page = clerk.send(f"/people/registrations/{number}/approval", status=200, htmx=True)
    assert page.all("li", id=f"registration-{number}")
    assert "Active" in page.words


def test_a_return_says_why_and_one_may_apply_again(clerk, here, browser):
    person, number = applied(here)
    for in_place in (False, True):
        page = clerk.send(f"/people/registrations/{number}/return", status=422, htmx=in_place)
        (said,) = page.said("p", id=f"reason-{number}-error")
        assert said.endswith("Say why, so that the volunteer knows what to change.")
        assert page.all("details", open="")
    clerk.send(f"/people/registrations/{number}/return", reason="Please bring your card.")
    assert standing() == [RegistrationState.RETURNED]
    browser.sign_in(make.account(person=db.session.get(Person, person.id)))
    assert "Please bring your card." in browser.visit("/people/me").words
    browser.send(f"/people/registrations/{number}/application")
    assert standing() == [RegistrationState.APPLIED]


def test_a_minor_is_not_accepted_before_the_guardian_agreed(clerk, here):
    person, number = applied(here, birth_date=date(2010, 1, 1))
    page = clerk.visit("/people/applications")
    assert "Under 18 the consent of the guardian is needed." in page.words
    clerk.send(f"/people/registrations/{number}/approval", status=409)
    form = clerk.visit(f"/people/{person.id}/edit")
    assert "guardian_name" in form.fields()
    changed = filled(here, document=make.resident_id(date(2010, 1, 1)), **GUARDIAN)
    clerk.send(f"/people/{person.id}/edit", **changed)
    clerk.send(f"/people/registrations/{number}/approval")
    assert one(Registration, number).state is RegistrationState.ACTIVE


def test_pause_resume_and_end(clerk, here):
    _person, number = applied(here)
    clerk.send(f"/people/registrations/{number}/pause", status=409)
    for act, state in (
        ("approval", "active"), ("pause", "paused"), ("resumption", "active"), ("leaving", "left"),
    ):  # fmt: skip
        clerk.send(f"/people/registrations/{number}/{act}")
        assert standing() == [state]


@pytest.mark.parametrize("act", ["approval", "return", "pause", "resumption", "leaving"])
def test_another_office_and_a_volunteer_do_not_decide(here, browser, clock, act):
    _person, number = applied(here)
    browser.sign_in(make.account(Role.MANAGER, make.office("秋水社区")))
    browser.send(f"/people/registrations/{number}/{act}", status=404, reason="x")
    browser.sign_in(make.account(Role.AUDITOR, here))
    browser.send(f"/people/registrations/{number}/{act}", status=403, reason="x")
    assert standing() == [RegistrationState.APPLIED]


def test_nobody_moves_the_registration_of_somebody_else(here, browser, clock):
    _person, number = applied(here)
    browser.sign_in(make.volunteer(here, "李敏"))
    browser.send(f"/people/registrations/{number}/departure", status=404)
    browser.send(f"/people/registrations/{number}/application", status=404)


# One's own page


def test_one_keeps_contact_area_skills_and_kinds_of_service_oneself(here, browser, clock):
    account = make.volunteer(here)
    browser.sign_in(account)
    assert "document" not in browser.visit("/people/me/change").fields()
    browser.send(
        "/people/me/change", area="秋水", phone="13900139000", email="", skills="书法",
        categories=make.category().id, name="Somebody else",
    )  # fmt: skip
    person = db.session.get(Person, account.person_id)
    assert (person.area, person.phone, person.email, person.name) == (
        "秋水", "+8613900139000", None, "王秀兰",
    )  # fmt: skip
    kept = db.session.scalars(select(AuditEntry).filter_by(act=Act.PERSON_CHANGED)).one()
    assert "139" not in str(kept.facts)
    page = browser.send("/people/me/change", status=422, area="秋水", phone="", email="")
    assert page.all("p", id="phone-error")


def test_a_consent_is_withdrawn_as_easily_as_given(here, browser, clock):
    account = make.volunteer(here)
    browser.sign_in(account)
    url = f"/people/{account.person_id}/consents"
    browser.visit(url)
    browser.send(f"{url}/honour_roll/giving")
    browser.send(f"{url}/honour_roll/giving")
    assert count(Consent) == 1
    browser.send(f"{url}/honour_roll/withdrawal")
    assert standing() == [RegistrationState.ACTIVE]
    browser.send(f"{url}/privacy/giving")
    browser.send(f"{url}/privacy/withdrawal")
    assert standing() == [RegistrationState.LEFT]
    assert [c.withdrawn_at for c in db.session.scalars(select(Consent))] == [make.NOW, make.NOW]
    browser.send(f"{url}/nonsense/giving", status=404)


def test_the_consents_of_others_are_not_found(here, browser, clock):
    other = make.person("李敏", at=here)
    browser.sign_in(make.volunteer(here))
    browser.visit(f"/people/{other.id}/consents", status=404)
    browser.send(f"/people/{other.id}/consents/privacy/withdrawal", status=404)


def test_the_notices_are_public_in_both_languages(app, browser):
    assert "Privacy notice" in browser.visit("/people/notices").words
    assert browser.speak("zh").visit("/people/notices")


def test_who_has_chosen_no_office_of_several_is_told_which_field_is_wrong(newcomer, here):
    other = make.office("梧桐社区")
    page = newcomer.send("/people/register", status=422, **filled(here) | {"office": 0})
    told = "Community or street at which you register: Please choose one."
    assert page.said("a", href="#office") == [told]
    assert not standing()
    newcomer.send("/people/register", **filled(other))
    assert standing() == [RegistrationState.APPLIED]
