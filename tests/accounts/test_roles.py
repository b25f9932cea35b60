"""Roles: granted at an office and for all below it, by those who administer it."""

import make
import pytest
from accounts.cast import OTHER, PASSWORD, beside, come_in, holder, is_in
from counting import queries
from sqlalchemy import select

from talent.access import Role
from talent.accounts.models import Account, Grant
from talent.audit import Act, AuditEntry
from talent.db import db
from talent.messages.models import Message
from talent.offices.models import OfficeKind


@pytest.fixture
def street(app):
    return make.office("清河街道", name_en="Clear River", kind=OfficeKind.STREET)


@pytest.fixture
def community(street):
    return make.office("春风社区", name_en="Spring Breeze", parent=street)


@pytest.fixture
def other(street):
    return make.office("秋月社区", name_en="Autumn Moon", parent=street)


@pytest.fixture
def administrator(community, browser):
    account = holder(Role.ADMINISTRATOR, community, name="管理员")
    browser.sign_in(account)
    return account


def live(account):
    query = select(Grant).filter_by(account_id=account.id, ended_at=None).order_by(Grant.id)
    return [(g.role, g.office_id) for g in db.session.scalars(query)]


def test_one_sees_the_accounts_of_ones_own_offices_alone(
    clock, browser, administrator, community, other
):
    make.account(Role.LEADER, community, name="组长甲")
    make.account(Role.LEADER, other, name="组长乙")
    make.volunteer(community, "志愿者丙")
    page = browser.visit("/account/all")
    assert "组长甲" in page.words
    assert "志愿者丙" in page.words
    assert "组长乙" not in page.text


def test_an_account_of_another_office_is_not_there(clock, browser, administrator, other):
    theirs = make.account(Role.LEADER, other)
    held = live(theirs)
    grant_id = db.session.scalars(select(Grant.id).filter_by(account_id=theirs.id)).one()
    missing = browser.get("/account/999999").data
    for address in ("", "/grant"):
        assert browser.get(f"/account/{theirs.id}{address}").status_code == 404
    for act in ("grant", f"grants/{grant_id}/end", "close", "reopen", "invite"):
        browser.send(f"/account/{theirs.id}/{act}", 404)
    answer = browser.get(f"/account/{theirs.id}").data
    assert _without_nonce(answer) == _without_nonce(missing).replace(b"999999", b"%d" % theirs.id)
    assert live(theirs) == held


def _without_nonce(body):
    return b"".join(line for line in body.splitlines() if b"nonce" not in line)


def test_a_role_is_granted_and_recorded(clock, browser, administrator, community):
    leader = make.account(Role.LEADER, community, name="组长甲")
    page = browser.send(f"/account/{leader.id}/grant", role="coordinator", office_id=community.id)
    assert page.location == f"/account/{leader.id}"
    assert live(leader) == [(Role.LEADER, community.id), (Role.COORDINATOR, community.id)]
    assert "Coordinator Spring Breeze, since 1 Jun 2026" in browser.visit(page.location).words
    entry = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert (entry.act, entry.office_id, entry.account_id, entry.facts) == (
        Act.ROLE_GRANTED, community.id, administrator.id,
        {"role": "coordinator", "account": leader.id},
    )  # fmt: skip


@pytest.mark.parametrize("where", ["street", "other"])
def test_nobody_grants_above_or_beside_his_own_office(
    request, browser, administrator, community, where
):
    office = request.getfixturevalue(where)
    leader = make.account(Role.LEADER, community)
    page = browser.send(f"/account/{leader.id}/grant", 422, role="leader", office_id=office.id)
    assert "Please choose one from the list." in beside(page, "office_id")
    page = browser.send("/account/invite", 422, name="新人", login="new@example.org",
                        role="leader", office_id=office.id)  # fmt: skip
    assert "Please choose one from the list." in beside(page, "office_id")
    assert live(leader) == [(Role.LEADER, community.id)]


def test_the_role_of_a_volunteer_comes_from_registering_alone(
    clock, browser, administrator, community
):
    leader = make.account(Role.LEADER, community)
    page = browser.send(
        f"/account/{leader.id}/grant", 422, role="volunteer", office_id=community.id
    )
    assert "Please choose one from the list." in beside(page, "role")


def test_a_role_that_is_held_is_not_granted_twice(clock, browser, administrator, community):
    leader = make.account(Role.LEADER, community)
    page = browser.send(f"/account/{leader.id}/grant", 422, role="leader", office_id=community.id)
    assert "The account holds this role there already." in beside(page, "role")
    chosen = [o.get("value") for o in page.all("option") if o.get("selected") is not None]
    assert chosen == [str(community.id), "leader"]


def test_a_role_ends_at_the_next_request(app, clock, browser, administrator, community):
    leader = holder(Role.LEADER, community)
    phone = app.test_client().speak("en").sign_in(leader)
    phone.visit("/offices/")
    grant_id = db.session.scalars(select(Grant.id).filter_by(account_id=leader.id)).one()
    browser.send(f"/account/{leader.id}/grants/{grant_id}/end")
    assert phone.visit("/offices/", 303).location.startswith("/account/sign-in")
    come_in(phone, leader)
    acts = db.session.scalars(select(AuditEntry.act).order_by(AuditEntry.id)).all()
    assert acts[-2:] == [Act.ROLE_ENDED, Act.SIGNED_IN]
    phone.visit("/offices/", 403)


def test_a_grant_of_another_account_does_not_end_by_mixed_numbers(
    clock, browser, administrator, community
):
    one, two = (make.account(Role.LEADER, community) for _ in range(2))
    grant_id = db.session.scalars(select(Grant.id).filter_by(account_id=two.id)).one()
    browser.send(f"/account/{one.id}/grants/{grant_id}/end", 404)
    assert live(two) == [(Role.LEADER, community.id)]


def test_nobody_ends_his_own_last_role_as_an_administrator(
    clock, browser, administrator, community
):
    grant_id = db.session.scalars(select(Grant.id).filter_by(account_id=administrator.id)).one()
    page = browser.send(f"/account/{administrator.id}/grants/{grant_id}/end", 409)
    assert "This is your own last role as an administrator." in page.words
    assert live(administrator) == [(Role.ADMINISTRATOR, community.id)]


@pytest.mark.parametrize("role", [r for r in Role if r is not Role.ADMINISTRATOR])
def test_no_other_role_reaches_these_pages(clock, browser, community, role):
    browser.sign_in(make.account(role, community))
    for address in ("/account/all", "/account/invite", "/account/1", "/account/1/grant"):
        browser.visit(address, 403)


def invited(browser, office, **more):
    fields = {"name": "新同事", "login": "new@example.org", "role": "leader"}
    return browser.send("/account/invite", office_id=office.id, **fields | more)


def link_of_the_mail():
    mail = db.session.scalars(select(Message).order_by(Message.id.desc())).first()
    return mail.facts["path"] + mail.secret


def test_who_is_invited_sets_a_password_and_comes_in(app, clock, browser, administrator, community):
    page = invited(browser, community)
    assert "Invited" in browser.visit(page.location).words
    guest = app.test_client().speak("en")
    guest.visit(link_of_the_mail(), 303)
    guest.send("/account/reset", password=PASSWORD)
    guest.send("/account/sign-in", login="new@example.org", password=PASSWORD)
    assert "Spring Breeze" in guest.visit("/offices/").words


def test_an_invitation_is_sent_again_until_it_was_used(clock, browser, administrator, community):
    page = invited(browser, community)
    first = link_of_the_mail()
    browser.send(f"{page.location}/invite")
    assert link_of_the_mail() != first
    browser.send(f"/account/{administrator.id}/invite", 403)


def test_whoever_signed_up_with_the_address_first_does_not_get_the_role(
    app, clock, browser, administrator, community
):
    squatter = app.test_client().speak("en")
    squatter.send("/account/sign-up", name="某人", login="new@example.org", password=OTHER)
    assert is_in(squatter)
    invited(browser, community)
    assert not is_in(squatter)
    squatter.send("/account/sign-in", 422, login="new@example.org", password=OTHER)
    reader = app.test_client().speak("en")
    reader.visit(link_of_the_mail(), 303)
    reader.send("/account/reset", password=PASSWORD)
    account = db.session.scalars(select(Account).filter_by(email="new@example.org")).one()
    assert live(account) == [(Role.LEADER, community.id)]


def test_a_role_does_not_prove_an_address_and_its_password_is_not_taken_away(
    clock, browser, administrator, community, street
):
    above = holder(Role.ADMINISTRATOR, street, email="new@example.org")
    page = invited(browser, community, status=422)
    assert "nobody has proved to read it" in page.words
    assert live(above) == [(Role.ADMINISTRATOR, street.id)]
    come_in(browser, above)


def test_who_has_proved_the_address_keeps_the_password(clock, browser, administrator, community):
    known = holder(email="new@example.org", email_proved_at=make.NOW)
    invited(browser, community)
    assert live(known) == [(Role.LEADER, community.id)]
    come_in(browser, known)


@pytest.mark.parametrize(
    ("login", "sentence"),
    [
        ("13800138000", "An invitation goes out by mail"),
        ("nonsense", "neither a mail address nor a phone number"),
        ("11010519491231002X", "An identity number is never a login."),
    ],
)
def test_an_invitation_needs_a_mail_address(browser, administrator, community, login, sentence):
    page = browser.send("/account/invite", 422, name="新同事", login=login, role="leader",
                        office_id=community.id)  # fmt: skip
    assert sentence in beside(page, "login")
    assert page.all("input", name="name")[0].get("value") == "新同事"


def test_an_account_is_closed_and_opened_again(app, clock, browser, administrator, community):
    leader = holder(Role.LEADER, community)
    phone = app.test_client().speak("en").sign_in(leader)
    assert is_in(phone)
    browser.send(f"/account/{leader.id}/close")
    assert not is_in(phone)
    phone.send("/account/sign-in", 422, login=leader.email, password=PASSWORD)
    browser.send(f"/account/{leader.id}/reopen")
    come_in(phone, leader)


def test_nobody_closes_his_own_account_or_one_that_holds_more(
    clock, browser, administrator, community, street
):
    page = browser.send(f"/account/{administrator.id}/close", 409)
    assert "You cannot close your own account." in page.words
    above = make.account(Role.MANAGER, street)
    make.saved(
        Grant(account_id=above.id, office_id=community.id, role=Role.LEADER, granted_at=make.NOW)
    )
    browser.send(f"/account/{above.id}/close", 403)
    assert "清河街道" not in browser.speak("zh").visit(f"/account/{above.id}").text


def test_accounts_are_found_by_name_and_by_the_whole_address(
    clock, browser, administrator, community
):
    make.account(Role.LEADER, community, name="欧阳秀兰", email="ou@example.org")
    make.account(Role.LEADER, community, name="王小明", email="wang@example.org")
    assert "王小明" not in browser.visit("/account/all?q=秀兰").words
    assert "王小明" in browser.visit("/account/all?q=Wang@example.org").words
    assert "Nobody found" in browser.visit("/account/all?q=wang@example").words
    assert "Nobody found" in browser.visit("/account/all?q=%25").words


def test_accounts_are_paged_by_key(clock, browser, administrator, community, monkeypatch):
    monkeypatch.setattr("talent.accounts.grants.PAGE", 2)
    for name in ("Anna", "Anna", "Bela", "Cora"):
        make.account(Role.LEADER, community, name=name)
    seen, address = [], "/account/all"
    while address:
        page = browser.visit(address)
        seen += page.said("th", scope="row")
        following = page.all("a", rel="next")
        address = following[0].get("href") if following else None
    assert seen == ["Anna", "Anna", "Bela", "Cora", "管理员"]


def test_the_list_sends_as_many_queries_for_three_as_for_one(
    clock, browser, administrator, community
):
    make.account(Role.LEADER, community)
    with queries() as few:
        browser.visit("/account/all")
    for _ in range(2):
        make.account(Role.LEADER, community)
        make.volunteer(community)
    with queries() as many:
        browser.visit("/account/all")
    assert len(few) == len(many)


def test_an_active_registration_is_the_role_of_a_volunteer(app, community):
    someone = make.account(person=make.person(at=community))
    assert [(h.role, h.office_id) for h in someone.actor.held] == [(Role.VOLUNTEER, community.id)]
    assert someone.actor.staff is False
