"""What holds at an office: its own word from a day on, or that of the nearest above it."""

from datetime import date, timedelta

import make
import pytest
from counting import queries

from talent.access import Role
from talent.audit import Act, AuditEntry
from talent.db import db
from talent.offices import service
from talent.offices.models import SETTINGS, OfficeRule, Setting

TODAY = make.TODAY


@pytest.fixture
def manager(street, browser):
    account = make.account(Role.MANAGER, street)
    browser.sign_in(account)
    return account


def let(browser, office, setting, value, *, status=303, day=TODAY, **more):
    address = f"/offices/{office.id}/rules/{setting.value}"
    return browser.send(address, status, value=value, valid_from=day.isoformat(), **more)


def holds(office, setting, day=TODAY):
    db.session.expire_all()
    return service.setting(office, setting, on=day)


def beside(page, name):
    return " ".join(page.said("p", id=f"{name}-error"))


def test_without_a_word_the_usual_value_holds(clock, browser, manager, community):
    assert service.settings_of(community, on=TODAY) == SETTINGS
    page = browser.visit(f"/offices/{community.id}/rules")
    assert len(page.all("th", scope="row")) == len(Setting)
    assert ", since" not in page.words
    assert "1440, 120" in page.words


def test_the_word_of_the_nearest_office_holds(clock, browser, manager, street, community):
    let(browser, street, Setting.CANCEL_MINUTES, "720")
    assert holds(community, Setting.CANCEL_MINUTES) == 720
    assert "Clear River, since 1 Jun 2026" in browser.visit(f"/offices/{community.id}/rules").words
    let(browser, community, Setting.CANCEL_MINUTES, "60")
    assert holds(community, Setting.CANCEL_MINUTES) == 60
    assert holds(street, Setting.CANCEL_MINUTES) == 720
    assert "Set here, since 1 Jun 2026" in browser.visit(f"/offices/{community.id}/rules").words


def test_a_later_word_of_the_office_above_does_not_overrule_ones_own(
    clock, browser, manager, street, community
):
    let(browser, community, Setting.CANCEL_MINUTES, "60")
    let(browser, street, Setting.CANCEL_MINUTES, "720", day=TODAY + timedelta(days=3))
    assert holds(community, Setting.CANCEL_MINUTES, TODAY + timedelta(days=5)) == 60


def test_a_value_holds_from_its_day_on(clock, browser, manager, community):
    later = TODAY + timedelta(days=10)
    let(browser, community, Setting.OPENS_DAYS, "14", day=later)
    assert holds(community, Setting.OPENS_DAYS, later - timedelta(days=1)) == 0
    assert holds(community, Setting.OPENS_DAYS, later) == 14
    page = browser.visit(f"/offices/{community.id}/rules/opens_days")
    assert "Today 0, the usual value." in page.words
    assert "11 Jun 2026" in page.words


def test_ones_own_word_is_taken_back(clock, browser, manager, street, community):
    let(browser, street, Setting.CANCEL_MINUTES, "720")
    let(browser, community, Setting.CANCEL_MINUTES, "60")
    let(browser, community, Setting.CANCEL_MINUTES, "", day=TODAY + timedelta(days=1), inherit="y")
    assert holds(community, Setting.CANCEL_MINUTES, TODAY) == 60
    assert holds(community, Setting.CANCEL_MINUTES, TODAY + timedelta(days=1)) == 720


def test_a_second_word_for_the_same_day_replaces_the_first_and_both_are_recorded(
    clock, browser, manager, community
):
    let(browser, community, Setting.CANCEL_MINUTES, "60")
    let(browser, community, Setting.CANCEL_MINUTES, "90")
    assert holds(community, Setting.CANCEL_MINUTES) == 90
    entries = db.session.query(AuditEntry).filter_by(act=Act.RULE_SET).order_by(AuditEntry.id)
    assert [e.facts["value"] for e in entries] == [60, 90]


def test_what_happened_is_not_ruled_anew(clock, browser, manager, community):
    page = let(
        browser, community, Setting.CANCEL_MINUTES, "60", status=422, day=TODAY - timedelta(days=1)
    )
    assert "from today on" in beside(page, "valid_from")
    assert page.all("input", name="value")[0].get("value") == "60"
    assert db.session.query(OfficeRule).count() == 0


@pytest.mark.usefixtures("manager")
@pytest.mark.parametrize(
    ("setting", "typed", "kept"),
    [
        (Setting.REMINDER_MINUTES, "60，120、30 15", [120, 60, 30, 15]),
        (Setting.REMINDER_MINUTES, "120, 2880", [2880, 120]),
        (Setting.QUIET_FROM, "9:30", "09:30"),
        (Setting.QUIET_TO, "07：00", "07:00"),
        (Setting.SHARE_PERCENT, "１００", 100),
    ],
)
def test_values_are_read_as_people_write_them(browser, community, setting, typed, kept):
    let(browser, community, setting, typed, day=date(2199, 1, 1))
    assert holds(community, setting, date(2199, 1, 1)) == kept


@pytest.mark.usefixtures("manager")
@pytest.mark.parametrize(
    ("setting", "typed", "sentence"),
    [
        (Setting.CANCEL_MINUTES, "", "Write a whole number."),
        (Setting.CANCEL_MINUTES, "-5", "Write a whole number."),
        (Setting.CANCEL_MINUTES, "1.5", "Write a whole number."),
        (Setting.CANCEL_MINUTES, "99999999", "Write a number from 0 to 43200."),
        (Setting.SHARE_PERCENT, "101", "Write a number from 0 to 100."),
        (Setting.FORGOTTEN_MINUTES, "0", "Write a number from 1 to 2880."),
        (Setting.REMINDER_MINUTES, "", "Write one to 4 different numbers"),
        (Setting.REMINDER_MINUTES, "10, 20, 30, 40, 50", "Write one to 4 different numbers"),
        (Setting.REMINDER_MINUTES, "60, 60", "Write one to 4 different numbers"),
        (Setting.REMINDER_MINUTES, "1", "Write a number from 5 to 43200."),
        (Setting.QUIET_FROM, "25:00", "Write a time of day like 22:00."),
        (Setting.QUIET_FROM, "late", "Write a time of day like 22:00."),
        (Setting.SELF_APPROVED_MINUTES, "800", "cannot be more than what the office may approve"),
        (Setting.OFFICE_MINUTES, "400", "cannot be more than what the office may approve"),
    ],
)
def test_what_cannot_be_meant_is_refused(browser, community, setting, typed, sentence):
    page = let(browser, community, setting, typed, status=422, day=date(2199, 1, 1))
    assert sentence in beside(page, "value")
    assert (page.all("input", name="value")[0].get("value") or "") == typed
    assert db.session.query(OfficeRule).count() == 0


def test_a_day_that_is_none_is_refused(clock, browser, manager, community):
    address = f"/offices/{community.id}/rules/cancel_minutes"
    page = browser.send(address, 422, value="60", valid_from="tomorrow")
    assert "Please choose a day." in beside(page, "valid_from")


def test_a_setting_that_does_not_exist_is_not_found(clock, browser, manager, community):
    browser.visit(f"/offices/{community.id}/rules/gravity", 404)


def test_who_may_not_change_reads_what_holds(clock, browser, street, community):
    browser.sign_in(make.account(Role.COORDINATOR, community))
    page = browser.visit(f"/offices/{community.id}/rules")
    assert f"/offices/{community.id}/rules/" not in page.text
    browser.visit(f"/offices/{community.id}/rules/reminder_minutes", 403)


def test_what_holds_for_many_offices_takes_one_query(app, street, community):
    make.let(street, since=TODAY, cancel_minutes=7)
    third = make.office("秋月社区", parent=street)
    offices = [street, community, third]
    assert [o.path for o in offices]
    with queries() as sent:
        held = service.settings_by_office(offices, on=TODAY)
    assert len(sent) == 1
    assert [held[o.id][Setting.CANCEL_MINUTES] for o in offices] == [7, 7, 7]


def test_words_are_chosen_from_a_list_and_read_as_sentences(clock, browser, manager, community):
    address = f"/offices/{community.id}/rules"
    page = browser.visit(f"{address}/stand_ins")
    assert [each.get("value") for each in page.all("option")] == ["free", "approved", "off"]
    let(browser, community, Setting.STAND_INS, "off")
    assert holds(community, Setting.STAND_INS) == "off"
    page = browser.visit(address)
    assert "Not possible Set here" in page.words
    assert "approved" not in page.words.split()
    page = let(browser, community, Setting.STAND_INS, "perhaps", status=422)
    assert "from the list" in beside(page, "value")


def test_many_minutes_are_read_as_hours_too(clock, browser, manager, community):
    assert "1440 (24 h)" in browser.visit(f"/offices/{community.id}/rules").words
