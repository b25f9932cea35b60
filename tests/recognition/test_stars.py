"""Stars and medals through the door: reached, asked for, decided, printed, doubted, withdrawn."""

import io
from datetime import UTC, date, datetime
from decimal import Decimal

import make
import pikepdf
import pytest
from honours import automatic, hours, medal, scheme
from sqlalchemy import select

from talent.access import SYSTEM, Role
from talent.audit import Act, AuditEntry
from talent.db import db, writing
from talent.hours import ledger
from talent.hours.models import EntryKind
from talent.messages.models import Message, MessageKind
from talent.offices.models import OfficeKind
from talent.people.models import Registration, RegistrationState
from talent.ratings.models import Rating, Side
from talent.recognition.granting import jobs
from talent.recognition.models import ApplicationState, StarApplication, StarGrant
from talent.rules.stars import Condition, Quality, StarPeriod

pytestmark = pytest.mark.usefixtures("clock")


def apply(browser, account, level, *, period="all", status=303):
    browser.sign_in(account)
    url = f"/recognition/people/{account.person_id}/levels/{level.id}/{period}/application"
    return browser.send(url, status)


def applied(browser, account, level, **more):
    apply(browser, account, level, **more)
    return db.session.scalars(select(StarApplication).order_by(StarApplication.id.desc())).first()


def granted(browser, account, level, manager, **more):
    application = applied(browser, account, level, **more)
    browser.sign_in(manager).send(f"/recognition/applications/{application.id}/grant")
    return db.session.scalars(select(StarGrant).order_by(StarGrant.id.desc())).first()


def told(kind):
    return db.session.query(Message).filter_by(kind=kind).count()


def test_a_minute_short_the_page_says_what_is_missing_and_the_button_is_dead(
    browser, stars, community, volunteer
):
    hours(volunteer.person, community, 99, minutes=59)
    page = browser.sign_in(volunteer).visit("/recognition/")
    assert "1 min are missing to 100 hours." in page.words
    assert page.said("button", disabled="") == ["Apply"]
    refused = apply(browser, volunteer, stars.levels[0], status=409)
    assert "1 min are missing to 100 hours." in refused.words
    assert db.session.query(StarApplication).count() == 0


def test_exactly_at_the_threshold_a_volunteer_applies_and_is_granted_and_told(
    browser, stars, community, volunteer, manager
):
    hours(volunteer.person, community, 100)
    grant = granted(browser, volunteer, stars.levels[0], manager)
    assert (grant.minutes, grant.period, grant.granted_by) == (6000, "all", manager.id)
    assert (grant.office_id, grant.decider_id) == (community.id, community.id)
    assert told(MessageKind.STAR_GRANTED) == 1
    words = browser.sign_in(volunteer).visit("/recognition/").words
    assert "1-star volunteer" in words
    assert grant.number in words
    assert "200 h are missing to 300 hours." in words
    acts = {row.act for row in db.session.query(AuditEntry)}
    assert {Act.STAR_APPLIED, Act.STAR_DECIDED, Act.STAR_GRANTED} <= acts


def test_what_is_not_approved_counts_for_no_star(browser, stars, community, volunteer):
    make.record(volunteer.person, community, 6000, state="pending")
    assert "100 h are missing" in browser.sign_in(volunteer).visit("/recognition/").words


def test_what_counts_are_recognised_minutes_and_not_those_of_the_certificate(
    browser, stars, community, volunteer
):
    row = make.record(volunteer.person, community, 60)
    with writing():
        ledger.add(
            db.session.merge(row), EntryKind.CORRECTED, 5000, recognised=5940,
            account_id=None, at=make.NOW,
        )  # fmt: skip
    assert "1-star volunteer" in browser.sign_in(volunteer).visit("/recognition/").words
    apply(browser, volunteer, stars.levels[0])


def test_one_application_at_a_time_and_none_for_what_is_held(
    browser, stars, community, volunteer, manager
):
    hours(volunteer.person, community, 100)
    application = applied(browser, volunteer, stars.levels[0])
    page = apply(browser, volunteer, stars.levels[0], status=409)
    assert "You have applied. The office will answer." in page.words
    browser.sign_in(manager).send(f"/recognition/applications/{application.id}/grant")
    page = apply(browser, volunteer, stars.levels[0], status=409)
    assert "This level was given already." in page.words
    browser.sign_in(manager).send(f"/recognition/applications/{application.id}/grant", 409)
    assert db.session.query(StarGrant).count() == 1


def test_an_application_is_taken_back_by_whom_it_is(browser, stars, community, volunteer):
    hours(volunteer.person, community, 100)
    application = applied(browser, volunteer, stars.levels[0])
    other = make.volunteer(community, "李强")
    browser.sign_in(other).send(f"/recognition/applications/{application.id}/end", 404)
    browser.sign_in(volunteer).send(f"/recognition/applications/{application.id}/end")
    db.session.refresh(application)
    assert application.state is ApplicationState.TAKEN_BACK
    apply(browser, volunteer, stars.levels[0])


def test_a_refusal_has_a_reason_that_the_volunteer_reads_and_he_may_apply_again(
    browser, stars, community, volunteer, manager
):
    hours(volunteer.person, community, 100)
    application = applied(browser, volunteer, stars.levels[0])
    url = f"/recognition/applications/{application.id}/refusal"
    page = browser.sign_in(manager).send(url, 422, why=" ")
    assert "Please fill in this field." in page.words
    browser.send(url, why="材料不全")
    assert told(MessageKind.STAR_REFUSED) == 1
    assert "Reason: 材料不全" in browser.sign_in(volunteer).visit("/recognition/").words
    apply(browser, volunteer, stars.levels[0])


def test_what_fell_below_since_the_application_is_not_granted(
    browser, stars, community, volunteer, manager
):
    row, *_ = hours(volunteer.person, community, 100)
    application = applied(browser, volunteer, stars.levels[0])
    lose(row, 1)
    page = browser.sign_in(manager).visit(f"/recognition/applications/{application.id}")
    assert page.said("button", disabled="") == ["Grant"]
    page = browser.send(f"/recognition/applications/{application.id}/grant", 409)
    assert "1 min are missing to 100 hours." in page.words
    assert db.session.query(StarGrant).count() == 0


def test_who_left_since_the_application_is_not_granted_a_level(
    browser, stars, community, volunteer, manager
):
    hours(volunteer.person, community, 100)
    application = applied(browser, volunteer, stars.levels[0])
    with writing():
        db.session.query(Registration).update({"state": RegistrationState.LEFT})
    page = browser.sign_in(manager).send(f"/recognition/applications/{application.id}/grant", 409)
    assert "Only an active volunteer" in page.words
    assert db.session.query(StarGrant).count() == 0


def test_nobody_decides_on_his_own_star_nor_on_that_of_his_child(browser, stars, community):
    manager = make.account(Role.MANAGER, community, person=make.person("王主任", at=community))
    hours(manager.person, community, 100)
    application = applied(browser, manager, stars.levels[0])
    page = browser.send(f"/recognition/applications/{application.id}/grant", 409)
    assert "Nobody decides on a star" in page.words
    child = make.person("王小明", at=community, guardian_id=manager.person_id)
    hours(child, community, 100)
    browser.send(f"/recognition/people/{child.id}/levels/{stars.levels[0].id}/all/application")
    mine = db.session.query(StarApplication).filter_by(person_id=child.id).one()
    browser.send(f"/recognition/applications/{mine.id}/grant", 409)
    assert db.session.query(StarGrant).count() == 0


def test_the_level_above_decides_where_the_scheme_says_so(browser, district, street, community):
    rungs = [medal(100, levels_up=1), medal(200, decider_kind=OfficeKind.DISTRICT)]
    levels = scheme(district, *rungs).levels
    volunteer = make.volunteer(community)
    hours(volunteer.person, community, 200)
    below, above = make.account(Role.MANAGER, community), make.account(Role.MANAGER, street)
    top = make.account(Role.MANAGER, district)
    application = applied(browser, volunteer, levels[0])
    assert application.decider_id == street.id
    page = browser.sign_in(below).visit(f"/recognition/applications/{application.id}")
    assert "Another office decides on this level." in page.words
    browser.send(f"/recognition/applications/{application.id}/grant", 409)
    browser.sign_in(above).send(f"/recognition/applications/{application.id}/grant")
    second = applied(browser, volunteer, levels[1])
    assert second.decider_id == district.id
    browser.sign_in(above).send(f"/recognition/applications/{second.id}/grant", 409)
    browser.sign_in(top).send(f"/recognition/applications/{second.id}/grant")
    assert db.session.query(StarGrant).count() == 2


def test_an_office_elsewhere_sees_nothing_of_it(
    browser, stars, street, community, volunteer, manager
):
    hours(volunteer.person, community, 100)
    grant = granted(browser, volunteer, stars.levels[0], manager)
    other = make.office("秋月社区", parent=street)
    browser.sign_in(make.account(Role.MANAGER, other))
    for url in (
        f"/recognition/applications/{grant.application_id}",
        f"/recognition/stars/{grant.id}",
        f"/recognition/stars/{grant.id}/pdf",
        f"/recognition/people/{volunteer.person_id}",
    ):
        browser.visit(url, 404)
    for url in ("/recognition/applications?state=granted", "/recognition/stars"):
        assert volunteer.person.name not in browser.visit(url).words
    browser.sign_in(make.volunteer(other, "旁人")).visit(f"/recognition/stars/{grant.id}", 404)
    browser.sign_in(manager)
    for url in ("/recognition/applications?state=granted", "/recognition/stars"):
        assert volunteer.person.name in browser.visit(url).words


def test_an_own_scheme_goes_before_that_of_the_office_above(browser, stars, street, community):
    own = scheme(street, 10, 20)
    volunteer = make.volunteer(community)
    hours(volunteer.person, community, 20)
    apply(browser, volunteer, own.levels[1])
    apply(browser, volunteer, stars.levels[0], status=404)


def test_hours_of_a_year_count_for_that_year_also_in_the_next(browser, clock, community, manager):
    level = scheme(community, 10, period=StarPeriod.YEAR, first_day=date(2025, 1, 1)).levels[0]
    volunteer = make.volunteer(community)
    hours(volunteer.person, community, 9, minutes=59, day=date(2025, 12, 31))
    hours(volunteer.person, community, 10, day=date(2026, 1, 1))
    apply(browser, volunteer, level, period="2025", status=409)
    make.record(volunteer.person, community, 1, day=date(2025, 1, 1))
    assert granted(browser, volunteer, level, manager, period="2025").minutes == 600
    assert granted(browser, volunteer, level, manager, period="2026").minutes == 600
    clock.move_to(datetime(2027, 6, 1, 1, tzinfo=UTC))
    apply(browser, volunteer, level, period="2025", status=404)
    apply(browser, volunteer, level, period="2026", status=409)


def test_rolling_hours_are_those_of_twelve_months_and_are_not_used_twice(
    browser, clock, community, manager
):
    level = scheme(community, 10, period=StarPeriod.ROLLING, first_day=date(2025, 1, 1)).levels[0]
    volunteer = make.volunteer(community)
    make.record(volunteer.person, community, 60, day=date(2025, 6, 1))  # the day before the first
    make.record(volunteer.person, community, 540, day=date(2026, 6, 1))
    apply(browser, volunteer, level, period="2026-06-01", status=409)
    make.record(volunteer.person, community, 60, day=date(2025, 6, 2))
    grant = granted(browser, volunteer, level, manager, period="2026-06-01")
    assert (grant.first_day, grant.last_day) == (date(2025, 6, 2), date(2026, 6, 1))
    clock.move_to(datetime(2027, 6, 1, 1, tzinfo=UTC))
    make.record(volunteer.person, community, 600, day=date(2027, 6, 1))
    apply(browser, volunteer, level, period="2027-06-01", status=303)
    assert db.session.query(StarApplication).count() == 2


def test_quality_is_asked_for_where_the_scheme_says_so(browser, community, manager):
    level = scheme(
        community, 10, condition=Condition(Quality.EVALUATIONS, Decimal("4.5"), 2)
    ).levels[0]
    volunteer = make.volunteer(community)
    first, second = (make.record(volunteer.person, community, 300) for _ in range(2))
    page = apply(browser, volunteer, level, status=409)
    assert "0 of at least 2 evaluations by the office are there." in page.words
    browser.sign_in(manager)
    for row, step in ((first, "4"), (second, "4")):
        browser.send(f"/recognition/records/{row.id}/evaluation", **{f"step_{row.id}": step})
    page = apply(browser, volunteer, level, status=409)
    assert "The average of the office's evaluations is 4.00 of at least 4.50." in page.words
    browser.sign_in(manager)
    browser.send(f"/recognition/records/{second.id}/evaluation", **{f"step_{second.id}": "5"})
    grant = granted(browser, volunteer, level, manager)
    assert (grant.steps, grant.count) == (9, 2)


def test_ratings_by_residents_may_be_the_quality_that_is_asked_for(browser, community):
    asked = Condition(Quality.RATINGS, Decimal(4), 2)
    level = scheme(community, 10, condition=asked).levels[0]
    volunteer = make.volunteer(community)
    shift = make.shift(make.project(community), start=-30)
    for minutes in (300, 300):  # of a shift past midnight there are two records
        make.record(volunteer.person, community, minutes, shift_id=shift.id)
    rated = {
        "shift_id": shift.id, "project_id": shift.project_id, "office_id": community.id,
        "made_at": make.NOW,
    }  # fmt: skip
    make.saved(Rating(**rated, side=Side.VOLUNTEER, person_id=volunteer.person_id, steps=1))
    make.saved(Rating(**rated, side=Side.RESIDENT, device_index="a", steps=3))
    page = apply(browser, volunteer, level, status=409)
    assert "1 of at least 2 ratings are there." in page.words
    make.saved(Rating(**rated, side=Side.RESIDENT, device_index="b", steps=4))
    page = apply(browser, volunteer, level, status=409)
    assert "The average of the ratings is 3.50 of at least 4." in page.words
    make.saved(Rating(**rated, side=Side.RESIDENT, device_index="c", steps=5))
    apply(browser, volunteer, level)


def lose(row, minutes):
    with writing():
        ledger.add(
            db.session.merge(row), EntryKind.CORRECTED, -minutes,
            account_id=None, at=make.NOW, reason="更正",
        )  # fmt: skip


def test_hours_lost_after_the_award_make_it_doubtful_and_the_office_decides(
    browser, stars, community, volunteer, manager
):
    row, *_ = hours(volunteer.person, community, 100)
    grant = granted(browser, volunteer, stars.levels[0], manager)
    jobs.give_stars(make.NOW)
    db.session.refresh(grant)
    assert grant.doubtful_since is None
    lose(row, 1)
    jobs.give_stars(make.NOW)
    db.session.refresh(grant)
    assert (grant.minutes_now, grant.minutes) == (5999, 6000)
    page = browser.sign_in(manager).visit("/recognition/stars?doubtful=1")
    assert volunteer.person.name in page.words
    browser.send(f"/recognition/stars/{grant.id}/confirmation", 422, why="")
    browser.send(f"/recognition/stars/{grant.id}/confirmation", why="差一分钟，不影响")
    jobs.give_stars(make.NOW)
    db.session.refresh(grant)
    assert grant.doubtful_since is None
    lose(row, 1)
    jobs.give_stars(make.NOW)
    db.session.refresh(grant)
    assert grant.minutes_now == 5998
    make.record(volunteer.person, community, 2)
    jobs.give_stars(make.NOW)
    db.session.refresh(grant)
    assert (grant.doubtful_since, grant.minutes_now) == (None, None)


def test_what_is_withdrawn_stays_on_record_and_is_not_printed(
    browser, stars, community, volunteer, manager
):
    hours(volunteer.person, community, 100)
    grant = granted(browser, volunteer, stars.levels[0], manager)
    browser.sign_in(manager)
    browser.send(f"/recognition/stars/{grant.id}/withdrawal", 422, why="")
    browser.send(f"/recognition/stars/{grant.id}/withdrawal", why="查实为虚假记录")
    page = browser.send(f"/recognition/stars/{grant.id}/withdrawal", 422, why="again")
    assert "This was decided already." in page.words
    assert told(MessageKind.STAR_WITHDRAWN) == 1
    page = browser.sign_in(volunteer).visit("/recognition/")
    assert "Reason: 查实为虚假记录" in page.words
    browser.visit(f"/recognition/stars/{grant.id}/pdf", 404)
    assert db.session.query(StarGrant).count() == 1
    apply(browser, volunteer, stars.levels[0])


@pytest.mark.parametrize("language", ["zh", "en", "both"])
def test_the_paper_is_a_pdf_with_name_and_number_and_never_called_the_certificate_of_records(
    browser, stars, community, volunteer, manager, language
):
    hours(volunteer.person, community, 100)
    grant = granted(browser, volunteer, stars.levels[0], manager)
    answer = browser.sign_in(volunteer).get(
        f"/recognition/stars/{grant.id}/pdf?language={language}"
    )
    assert answer.mimetype == "application/pdf"
    with pikepdf.open(io.BytesIO(answer.data)) as paper:
        assert len(paper.pages) == 1
        title = str(paper.docinfo["/Title"]) if "/Title" in paper.docinfo else ""
        with paper.open_metadata() as known:
            title = title or str(known["dc:title"])
            assert known["pdfaid:conformance"] == "A"
        assert paper.Root.MarkInfo.Marked
    assert grant.number in title
    assert "记录证明" not in title


def test_a_guardian_sees_and_applies_for_a_child_and_a_stranger_does_not(
    browser, stars, community, volunteer
):
    child = make.person("王小明", at=community, guardian_id=volunteer.person_id)
    hours(child, community, 100)
    page = browser.sign_in(volunteer).visit(f"/recognition/children/{child.id}")
    assert "王小明" in page.words
    browser.send(f"/recognition/people/{child.id}/levels/{stars.levels[0].id}/all/application")
    browser.sign_in(make.volunteer(community, "李强"))
    browser.visit(f"/recognition/children/{child.id}", 404)


def test_without_a_scheme_the_page_says_so(browser, volunteer):
    words = browser.sign_in(volunteer).visit("/recognition/").words
    assert "Your office has set no star scheme." in words


def test_my_hours_lead_to_my_stars_without_scripts_too(browser, stars, volunteer):
    page = browser.sign_in(volunteer).visit("/hours/")
    assert "/recognition/" in [a.get("href") for a in page.all("a")]


def test_a_level_given_by_itself_cannot_be_applied_for(browser, community, volunteer):
    level = scheme(community, automatic(10)).levels[0]
    hours(volunteer.person, community, 10)
    page = apply(browser, volunteer, level, status=409)
    assert "given by itself" in page.words
    jobs.give_stars(make.NOW)
    assert db.session.query(StarGrant).one().granted_by is SYSTEM.account_id
