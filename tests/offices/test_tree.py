"""The tree: who stands where, what an office says about itself."""

import make
import pytest
from counting import queries
from sqlalchemy import select

from talent.access import Role
from talent.audit import Act, AuditEntry
from talent.db import db
from talent.offices.models import Office, OfficeKind
from talent.rules.credit_code import check_character

CODE = "52110105MJ0123456" + check_character("52110105MJ0123456")


@pytest.fixture
def administrator(street, browser):
    account = make.account(Role.ADMINISTRATOR, street)
    browser.sign_in(account)
    return account


def fields(**more):
    return {
        "kind": "community", "name_zh": "秋月社区", "settlement": "urban", "zone": "Asia/Shanghai",
    } | more  # fmt: skip


def beside(page, name):
    return " ".join(page.said("p", id=f"{name}-error"))


def named(name):
    return db.session.scalars(select(Office).filter_by(name_zh=name)).one_or_none()


def test_the_tree_shows_each_office_below_its_own(clock, browser, administrator, street):
    first = make.office("一社区", parent=street, division_code="110105001001")
    make.office("二社区", parent=street, division_code="110105001002")
    make.office("一站", parent=first, kind=OfficeKind.STATION)
    page = browser.speak("zh").visit("/offices/")
    names = [name.rpartition(" ")[2] for name in page.said("th", scope="row")]
    assert names == ["清河街道", "一社区", "一站", "二社区"]


def test_one_sees_ones_own_branch_alone(clock, browser, street, community):
    other = make.office("秋月社区", name_en="Autumn Moon", parent=street)
    browser.sign_in(make.account(Role.LEADER, community))
    page = browser.visit("/offices/")
    assert "Spring Breeze" in page.words
    assert "Autumn Moon" not in page.text
    assert "Clear River" not in page.text
    page = browser.visit(f"/offices/{community.id}")
    assert "Clear River" not in page.text
    browser.visit(f"/offices/{other.id}", 404)
    browser.visit(f"/offices/{street.id}", 404)


def test_an_office_elsewhere_and_none_at_all_are_the_same(clock, browser, street, community):
    other = make.office("秋月社区", parent=street)
    browser.sign_in(make.account(Role.ADMINISTRATOR, community))
    for address in ("", "/edit", "/rules", "/rules/reminder_minutes"):
        there, nowhere = (browser.visit(f"/offices/{n}{address}", 404) for n in (other.id, 999))
        assert there.words == nowhere.words
    browser.send(f"/offices/{other.id}/edit", 404, **fields())
    browser.send(f"/offices/{other.id}/rules/cancel_minutes", 404, value="5")


def test_an_office_is_added_below_another(clock, browser, administrator, street):
    page = browser.visit(f"/offices/new?below={street.id}")
    chosen = [o.get("value") for o in page.all("option") if o.get("selected") is not None]
    assert str(street.id) in chosen
    page = browser.send("/offices/new", **fields(
        parent_id=street.id, name_en="Autumn Moon", division_code="１１０１０５００１００３",
        credit_code=CODE.lower(), contact_name="赵敏", contact_phone="010 6512 3456",
        contact_email="office@example.org", address="和平路1号", households="１200",
        settlement="rural", zone="Asia/Urumqi",
    ))  # fmt: skip
    office = named("秋月社区")
    assert page.location == f"/offices/{office.id}"
    assert office.path == f"{street.path}{office.id}/"
    assert (office.division_code, office.credit_code) == ("110105001003", CODE)
    assert (office.settlement.value, office.zone, office.households) == (
        "rural",
        "Asia/Urumqi",
        1200,
    )
    page = browser.visit(page.location)
    for shown in ("Autumn Moon", CODE, "赵敏", "010 6512 3456", "1200", "Asia/Urumqi", "Rural"):
        assert shown in page.words
    entry = db.session.scalars(select(AuditEntry)).one()
    assert (entry.act, entry.subject, entry.office_id) == (
        Act.OFFICE_MADE, f"office:{office.id}", office.id,
    )  # fmt: skip


@pytest.mark.usefixtures("administrator")
@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("name_zh", "", "Please fill in this field."),
        ("name_zh", "长" * 101, "Please use at most 100 characters."),
        ("credit_code", CODE[:-1] + ("0" if CODE[-1] != "0" else "1"), "does not fit the others"),
        ("credit_code", "123", "The code has 3 characters. It must have 18."),
        ("division_code", "11010", "A division code has 2, 4, 6, 9 or 12 digits."),
        ("division_code", "11O105", "A division code has 2, 4, 6, 9 or 12 digits."),
        ("contact_phone", "123", "is not a phone number"),
        ("contact_email", "office@", "Please write a mail address"),
        ("households", "many", "Please write a whole number."),
        ("households", "-1", "Please write a number from 0"),
        ("zone", "Europe/Paris", "Please choose one from the list."),
        ("kind", "planet", "Please choose one from the list."),
        ("kind", "district", "An office of this kind cannot stand there"),
        ("kind", "street", "An office of this kind cannot stand there"),
        ("parent_id", "999", "Please choose one from the list."),
    ],
)
def test_what_is_wrong_is_said_beside_the_field(browser, street, field, typed, sentence):
    given = fields(parent_id=street.id, address="和平路1号") | {field: typed}
    page = browser.send("/offices/new", 422, **given)
    assert sentence in beside(page, field)
    assert page.all("input", name="address")[0].get("value") == "和平路1号"
    boxes = page.all("input", name=field)
    assert not boxes or boxes[0].get("value") == typed
    assert named("秋月社区") is None


def test_two_offices_do_not_share_a_code(clock, browser, administrator, street, community):
    browser.send("/offices/new", **fields(parent_id=street.id, credit_code=CODE))
    page = browser.send(
        "/offices/new", 422, **fields(parent_id=street.id, name_zh="x", credit_code=CODE)
    )
    assert "Another office has this code." in beside(page, "credit_code")
    own = named("秋月社区")
    browser.send(f"/offices/{own.id}/edit", **fields(credit_code=CODE, open="y"))


def test_an_office_is_not_added_below_one_of_others(clock, browser, street, community):
    browser.sign_in(make.account(Role.ADMINISTRATOR, community))
    page = browser.send("/offices/new", 422, **fields(parent_id=street.id, kind="station"))
    assert "Please choose one from the list." in beside(page, "parent_id")
    assert "Clear River" not in page.text


def test_an_office_is_changed_and_closed(clock, browser, administrator, street, community):
    page = browser.visit(f"/offices/{community.id}/edit")
    assert page.all("input", name="name_zh")[0].get("value") == "春风社区"
    assert page.all("input", name="open")[0].get("checked") is not None
    browser.send(f"/offices/{community.id}/edit", **fields(name_zh="春风里社区", name_en=""))
    db.session.expire_all()
    office = db.session.get(Office, community.id)
    assert (office.name_zh, office.open, office.path) == ("春风里社区", False, community.path)
    entry = db.session.scalars(select(AuditEntry)).one()
    assert entry.act is Act.OFFICE_CHANGED
    assert set(entry.facts["changed"]) == {"name_zh", "name_en", "open"}
    assert "Closed" in browser.visit("/offices/").words


def test_a_kind_does_not_change_below_what_stands_beneath(
    clock, browser, administrator, street, community
):
    page = browser.send(f"/offices/{street.id}/edit", 422, **fields(kind="community"))
    assert "An office of this kind cannot stand there" in beside(page, "kind")


def test_who_may_only_read_is_offered_nothing_to_change(clock, browser, street, community):
    browser.sign_in(make.account(Role.AUDITOR, street))
    for address in ("/offices/", f"/offices/{community.id}"):
        page = browser.visit(address)
        assert "New office" not in page.words
        assert f"/offices/{community.id}/edit" not in page.text
    browser.visit("/offices/new", 403)
    browser.visit(f"/offices/{community.id}/edit", 403)


def test_pages_send_as_many_queries_for_three_offices_as_for_one(
    clock, browser, administrator, street, community
):
    addresses = ("/offices/", f"/offices/{street.id}")
    counted = []
    for _ in range(2):
        with queries() as sent:
            for address in addresses:
                browser.visit(address)
        counted.append(len(sent))
        make.office("二", parent=street)
        make.office("三", parent=street)
    assert counted[0] == counted[1]


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "{{ 7 * 7 }}", "%(x)s", "𬳶𠅤"])
def test_a_name_is_shown_as_it_was_typed(clock, browser, administrator, street, text):
    browser.send("/offices/new", **fields(parent_id=street.id, name_zh=text))
    page = browser.visit("/offices/")
    assert text in page.words
