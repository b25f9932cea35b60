"""What lapses soon: the lists, and the reminders that come once."""

from datetime import UTC, date, datetime, timedelta

import make
import making
from counting import queries

from talent.access import SYSTEM, Role
from talent.db import db, writing
from talent.messages.models import Message, MessageKind, Stopped
from talent.people.models import Tie
from talent.renewals import jobs
from talent.rules.social_workers import Grade
from talent.training.credentials import service as credentials
from talent.training.models import CredentialKind
from talent.training.social_work import service as social_work


def ends_in(days):
    return make.TODAY + timedelta(days=days)


def registered(person, starts_on, grade=Grade.ASSISTANT):
    with writing():
        return social_work.register(
            person,
            grade=grade,
            starts_on=starts_on,
            number=None,
            degree_on=None,
            actor=SYSTEM,
            now=make.NOW,
        )


def ran(now):
    with writing():
        return jobs.remind(now)


def told(kind=MessageKind.CREDENTIAL_LAPSES):
    db.session.rollback()
    return db.session.query(Message).filter_by(kind=kind).order_by(Message.id).all()


def names(browser, query, among):
    words = browser.visit(f"/renewals/?{query}").words
    return {name for name in among if name in words}


def test_credentials_are_listed_by_their_last_day(browser, cast):
    last = {"甲今天": 0, "乙三十": 30, "丙六十": 60, "丁九十": 90, "戊以后": 91, "己昨天": -1}
    for name, days in last.items():
        making.credential(make.person(name, at=cast.office), valid_until=ends_in(days))
    waiting = make.person("庚待核", at=cast.office)
    making.credential(waiting, verified=False, valid_until=ends_in(5))
    browser.sign_in(cast.coordinator)
    among = {*last, "庚待核"}
    assert names(browser, "days=30", among) == {"甲今天", "乙三十"}
    assert names(browser, "days=60", among) == {"甲今天", "乙三十", "丙六十"}
    assert names(browser, "days=90", among) == {"甲今天", "乙三十", "丙六十", "丁九十"}
    assert names(browser, "days=7", among) == {"甲今天"}
    assert names(browser, "", among) == {"甲今天", "乙三十", "丙六十", "丁九十"}
    assert names(browser, "until=2026-07-31", among) == {"甲今天", "乙三十", "丙六十"}
    assert names(browser, "until=rubbish&after=x&what=y", among) == names(browser, "", among)
    assert names(browser, "until=9999-12-31&days=99999999999", among) == names(browser, "", among)
    assert names(browser, "lapsed=1", among) == {"己昨天"}
    browser.sign_in(cast.stranger)
    assert names(browser, "days=90", among) == set()


def form_of(page):
    """The address that the form of the page asks for, as it stands."""
    (form,) = page.all("form", method="get", action="/renewals/")
    fields = {e.get("name"): e.get("value") for e in form.iter("input") if e.get("name")}
    for select in form.iter("select"):
        options = [(o.get("value"), o.get("selected")) for o in select.iter("option")]
        fields[select.get("name")] = next((v for v, chosen in options if chosen is not None), None)
    return fields


def test_what_lapses_is_chosen_in_the_form_so_that_two_rows_of_tabs_are_enough(browser, cast):
    browser.sign_in(cast.coordinator)
    page = browser.visit("/renewals/")
    assert len(page.all("ul", class_="tabs")) == 2
    (field,) = page.all("select", id="what")
    assert page.all("label", for_="what")
    subjects = [each.get("value") for each in field.iter("option")]
    assert subjects == ["credentials", "checks", "trainings", "registrations"]
    day = ends_in(90).isoformat()
    assert form_of(page) == {"what": "credentials", "until": day}
    chosen = browser.visit(f"/renewals/?what=checks&until={day}")
    assert form_of(chosen) == {"what": "checks", "until": day}
    # Another subject is looked at in the same time; another time for the same subject.
    lapsed = browser.visit("/renewals/?what=trainings&lapsed=1")
    assert form_of(lapsed) == {"what": "trainings", "lapsed": "1"}
    assert lapsed.all("a", href=f"/renewals/?what=trainings&until={ends_in(30).isoformat()}")


def test_what_has_a_successor_is_not_listed(browser, cast):
    renewed, not_verified = (make.person(n, at=cast.office) for n in ("甲已换", "乙待核"))
    making.credential(renewed, valid_until=ends_in(20))
    making.credential(renewed, valid_until=ends_in(800))
    making.credential(not_verified, valid_until=ends_in(20))
    making.credential(not_verified, valid_until=ends_in(800), verified=False)
    browser.sign_in(cast.coordinator)
    assert names(browser, "", {"甲已换", "乙待核"}) == {"乙待核"}


def test_nobody_hears_of_papers_of_those_who_have_left(browser, cast):
    gone, here = (make.person(name, at=cast.office) for name in ("甲已走", "乙还在"))
    for one in (gone, here):
        making.credential(one, valid_until=ends_in(5))
    with writing():
        gone.restricted_at = make.NOW
    browser.sign_in(cast.coordinator)
    assert names(browser, "", {"甲已走", "乙还在"}) == {"乙还在"}
    with writing():
        jobs.digest(make.NOW)
    assert {m.facts["count"] for m in told(MessageKind.LAPSES_DIGEST)} == {1}
    ran(make.NOW + timedelta(days=6))
    assert {m.facts["whose"] for m in told(MessageKind.CREDENTIAL_LAPSED)} == {"乙还在"}


def test_trainings_and_registrations_have_lists_of_their_own(browser, cast):
    learner, renewed, worker = (
        make.person(n, at=cast.office) for n in ("甲学员", "乙续学", "丙社工")
    )
    course = making.course(cast.office)
    making.learned(learner, cast.office, course=course, valid_until=ends_in(40))
    making.learned(renewed, cast.office, course=course, valid_until=ends_in(40))
    making.learned(renewed, cast.office, course=course, valid_until=ends_in(400))
    registered(worker, date(2023, 7, 1))
    browser.sign_in(cast.coordinator)
    among = {"甲学员", "乙续学", "丙社工"}
    assert names(browser, "what=trainings&days=60", among) == {"甲学员"}
    assert names(browser, "what=trainings&days=30", among) == set()
    assert names(browser, "what=registrations&days=30", among) == {"丙社工"}
    registered(worker, date(2026, 7, 1))
    assert names(browser, "what=registrations&days=90", among) == set()


def test_the_lists_ask_the_same_number_of_questions(browser, cast):
    browser.sign_in(cast.coordinator)
    urls = [f"/renewals/?days=90&what={w}" for w in ("credentials", "trainings", "registrations")]
    counted = {}
    for new in (1, 2):
        for _ in range(new):
            person = make.person(at=cast.office)
            making.credential(person, valid_until=ends_in(10))
            making.learned(person, cast.office, valid_until=ends_in(10))
            registered(person, date(2023, 7, 1))
        for url in urls:
            browser.visit(url)
            with queries() as sent:
                browser.visit(url)
            counted.setdefault(url, []).append(len(sent))
    assert all(few == many for few, many in counted.values()), counted


def test_a_holder_is_reminded_once_at_90_30_and_7_days(cast):
    making.credential(cast.person, valid_until=date(2026, 12, 31))
    days = {}
    for day in range(100, -3, -1):
        now = datetime(2026, 12, 31, 2, 0, tzinfo=UTC) - timedelta(days=day)
        ran(now)
        ran(now)
        days[day] = len(told())
    new = [day for day in days if days[day] > days.get(day + 1, 0)]
    assert new == [90, 30, 7]
    message = told()[0]
    assert message.person_id == cast.person.id
    assert message.office_id == cast.office.id
    assert message.facts == {
        "credential": {"name_zh": "救护员证", "name_en": "First aid certificate"},
        "until_on": "2026-12-31",
        "path": "/training/mine",
    }


def test_a_worker_that_slept_sends_only_the_nearest_reminder(cast):
    making.credential(cast.person, valid_until=ends_in(20))
    assert ran(make.NOW) == "1 told"
    assert ran(make.NOW) == "0 told"


def test_nobody_is_reminded_of_what_does_not_count_or_is_not_wanted(cast):
    making.credential(cast.person, valid_until=ends_in(20), verified=False)
    withdrawn = making.credential(cast.person, valid_until=ends_in(20))
    renewed = make.person(at=cast.office)
    making.credential(renewed, valid_until=ends_in(20))
    making.credential(renewed, valid_until=ends_in(700))
    unwilling = make.person(at=cast.office)
    making.credential(unwilling, valid_until=ends_in(20))
    make.saved(Stopped(person_id=unwilling.id, kind=MessageKind.CREDENTIAL_LAPSES, at=make.NOW))
    with writing():
        credentials.withdraw(withdrawn, why="x", actor=SYSTEM, now=make.NOW)
    ran(make.NOW)
    assert told() == []


def test_a_registration_is_told_of_when_its_window_opens_and_30_days_before(cast):
    registered(cast.person, date(2023, 5, 10))  # to 2026-05-09, its window opens on 9 February
    making.learned(
        cast.person, cast.office, held_on=date(2024, 1, 1), minutes=3600, continuing_education=True
    )
    counts = {}
    for day in ("2026-02-08", "2026-02-09", "2026-04-08", "2026-04-09", "2026-05-09", "2026-05-10"):
        now = datetime.fromisoformat(f"{day}T02:00:00+00:00")
        ran(now)
        ran(now)
        counts[day] = len(told(MessageKind.REGISTRATION_LAPSES))
    assert list(counts.values()) == [0, 1, 1, 2, 2, 2]
    assert told(MessageKind.REGISTRATION_LAPSES)[0].facts == {
        "until_on": "2026-05-09",
        "opens_on": "2026-02-09",
        "missing_minutes": 12 * 60,
        "path": "/training/mine",
    }


def test_checks_to_repeat_have_a_list_of_their_own_and_a_reminder(browser, cast):
    kind = making.kind("first_aid")
    with writing():
        row = db.session.get(CredentialKind, kind.id)
        row.lapses, row.recheck_months = False, 12
    making.credential(cast.person, issued_on=date(2025, 6, 21), valid_until=None)
    making.credential(make.person("乙年查", at=cast.office), code="child_safety",
                      issued_on=date(2025, 6, 21), valid_until=None)  # fmt: skip
    browser.sign_in(cast.coordinator)
    among = {"王秀兰", "乙年查"}
    assert names(browser, "what=checks&days=30", among) == {"王秀兰"}
    assert names(browser, "what=credentials&days=30", among) == {"乙年查"}
    ran(make.NOW)
    assert {m.facts["until_on"] for m in told()} == {"2026-06-21"}
    assert len(told()) == 2


def test_each_kind_is_reminded_of_on_its_own_days(cast):
    with writing():
        db.session.get(CredentialKind, making.kind().id).remind_days = [60, 14]
    making.credential(cast.person, valid_until=date(2026, 12, 31))
    new = []
    for day in range(100, -1, -1):
        before = len(told())
        ran(datetime(2026, 12, 31, 2, 0, tzinfo=UTC) - timedelta(days=day))
        if len(told()) > before:
            new.append(day)
    assert new == [60, 14]


def test_holder_and_office_are_told_once_that_it_has_lapsed(cast):
    making.credential(cast.person, valid_until=make.TODAY)
    counts = []
    for day in (0, 1, 2, 9):
        ran(make.NOW + timedelta(days=day))
        counts.append(len(told(MessageKind.CREDENTIAL_LAPSED)))
    assert counts == [0, 3, 3, 3]  # the holder and both coordinators of the office
    lapsed = told(MessageKind.CREDENTIAL_LAPSED)
    assert {m.account_id for m in lapsed} == {None, cast.coordinator.id, cast.second.id}
    assert {m.facts["whose"] for m in lapsed} == {"王秀兰"}


def test_the_main_office_of_the_holder_hears_that_it_lapsed(cast):
    making.credential(cast.person, valid_until=make.TODAY)
    with writing():
        db.session.add(Tie(person_id=cast.person.id, office_id=cast.neighbour.id))
        cast.person.home_office_id = cast.neighbour.id
    ran(make.NOW + timedelta(days=1))
    lapsed = told(MessageKind.CREDENTIAL_LAPSED)
    assert {m.account_id for m in lapsed} == {None, cast.stranger.id}
    assert {m.office_id for m in lapsed} == {cast.neighbour.id}


def test_nobody_is_told_that_it_lapsed_when_a_new_one_holds(cast):
    making.credential(cast.person, valid_until=make.TODAY)
    making.credential(cast.person, valid_until=ends_in(700))
    ran(make.NOW + timedelta(days=1))
    assert told(MessageKind.CREDENTIAL_LAPSED) == []


def test_those_who_keep_the_training_hear_once_a_week_what_lapses(cast):
    for days in (0, 30, 31, 90, 91, -1):
        making.credential(make.person(at=cast.office), valid_until=ends_in(days))
    making.credential(cast.person, valid_until=ends_in(500), verified=False)
    registered(cast.person, date(2023, 7, 1))
    for day in (0, 1, 6, 7):
        with writing():
            jobs.digest(make.NOW + timedelta(days=day))
    digests = told(MessageKind.LAPSES_DIGEST)
    assert {m.account_id for m in digests} == {cast.coordinator.id, cast.second.id}
    assert len(digests) == 4  # two weeks
    first = digests[0].facts
    assert (first["count"], first["soon"], first["waiting"]) == (5, 3, 1)


def test_an_office_where_nothing_lapses_gets_no_letter(cast):
    making.credential(cast.person, valid_until=ends_in(200))
    with writing():
        jobs.digest(make.NOW)
    assert told(MessageKind.LAPSES_DIGEST) == []


def test_the_nearest_keepers_hear_of_it_and_not_those_of_the_neighbour(cast):
    making.credential(make.person("甲邻居", at=cast.neighbour), valid_until=ends_in(5))
    far = make.account(Role.MANAGER, cast.street)
    with writing():
        jobs.digest(make.NOW)
    assert [m.account_id for m in told(MessageKind.LAPSES_DIGEST)] == [cast.stranger.id]
    assert far.id
