"""The rule lab: who would have how much; then in force, once, from a day to come on."""

from datetime import UTC, date, datetime, timedelta
from io import BytesIO

import make
import openpyxl
import pytest
from counting import queries

from talent.access import Role
from talent.audit import Act, AuditEntry
from talent.db import db, writing
from talent.hours.counting import service as counting
from talent.hours.models import EntryKind, RecordState, ServiceRecord
from talent.hours.recording import service as recording
from talent.lab import jobs, service
from talent.lab.models import CountingDraft, DraftLine, DraftState
from talent.lab.recount import Trial, recount
from talent.offices import service as offices
from talent.offices.models import OfficeRule, Setting
from talent.recognition.models import StarLevel, StarScheme
from talent.rules.stars import LevelKind, Quality, Source, StarPeriod, Way
from talent.shifts.models import AttendanceSource

FIRST, LAST = date(2026, 1, 1), date(2026, 3, 31)  # the last quarter
NINE = datetime(2026, 3, 1, 1, 0, tzinfo=UTC)  # Sunday, nine in Shanghai
SOON = make.TODAY + timedelta(days=10)


def served(office, person, minutes, *, start=NINE, project=None, late=0, hours=None):
    """Somebody's attendance, recorded as it is every minute."""
    own = project or make.project(office)
    shift = make.shift(own, start=start, hours=hours or -(-minutes // 60))
    attendance = make.attended(
        shift, person, came=late, left=late + minutes, source=AttendanceSource.QR
    )
    with writing():
        attendance.signup.made_at = start - timedelta(days=2)
        attendance.changed_at = attendance.out_at
    with writing():
        recording.record_attendance(shift.ends_at + timedelta(days=1))
    rows = db.session.query(ServiceRecord).filter_by(attendance_id=attendance.id)
    return rows.order_by(ServiceRecord.id).all()


def scheme(office, *thresholds):
    """A lifetime scheme of the office."""
    return make.saved(
        StarScheme(
            office_id=office.id, name_zh="星级", period=StarPeriod.LIFETIME, quality=Quality.NONE,
            least_average=0, least_count=0, first_day=date(2026, 1, 1), source="-",
            sureness=Source.OWN, made_at=make.NOW,
            levels=[
                StarLevel(
                    place=place, hours=hours, name_zh=f"{place}星", name_en=f"Star {place}",
                    kind=LevelKind.STAR, way=Way.APPLICATION,
                )
                for place, hours in enumerate(thresholds, 1)
            ],
        )
    )  # fmt: skip


def typed(**changed):
    return {
        "name": "八小时封顶", "valid_from": SOON.isoformat(), "first_day": FIRST.isoformat(),
        "last_day": LAST.isoformat(), **changed,
    }  # fmt: skip


def drafted(browser, office, status=303, **changed):
    """A draft through its form; gives the page."""
    return browser.send(f"/rule-lab/new?office={office.id}", status=status, **typed(**changed))


def computed(browser, office, **changed):
    """A draft that the worker has computed."""
    drafted(browser, office, **changed)
    assert jobs.compute(make.NOW) == "1 computed"
    db.session.expire_all()
    return db.session.query(CountingDraft).order_by(CountingDraft.id.desc()).first()


def lines_of(draft):
    return db.session.query(DraftLine).filter_by(draft_id=draft.id).order_by(DraftLine.id).all()


@pytest.fixture
def office(app):
    return make.office("清河街道", name_en="Clear River")


@pytest.fixture
def below(office):
    return make.office("春风社区", name_en="Spring Breeze", parent=office)


@pytest.fixture
def manager(office, browser, clock):
    return browser.sign_in(make.account(Role.MANAGER, office))


def test_a_draft_shows_whose_hours_and_stars_would_change_and_by_how_much(manager, below, office):
    scheme(office, 5, 8)
    long, short = make.person("王秀兰", at=below), make.person("李四", at=below)
    served(below, long, 480)
    served(below, short, 60)
    draft = computed(manager, office, counted_minutes="300")
    assert draft.state is DraftState.READY
    (line,) = lines_of(draft)
    assert line.person_id == long.id
    assert (line.minutes_before, line.minutes_after) == (480, 300)
    assert (line.recognised_before, line.recognised_after) == (480, 300)
    assert (line.level_before, line.level_after) == (2, 1)
    assert draft.sums["minutes"] == [540, 360]
    assert (draft.sums["people"], draft.sums["changed"], draft.sums["records"]) == (2, 1, 2)
    assert (draft.sums["higher"], draft.sums["lower"]) == (0, 1)
    words = manager.visit(f"/rule-lab/{draft.id}").words
    assert "8 h → 5 h" in words
    assert "Star 2 → Star 1" in words
    assert "9 h → 6 h" in words
    assert "Most that counts on one day (minutes, 0: any) 0 → 300 (5 h)" in words


def test_weights_change_what_awards_count_and_no_hours(manager, below, office):
    scheme(office, 10)
    person = make.person(at=below)
    served(below, person, 480, start=NINE + timedelta(hours=9))  # 18 to 02: two parts at night
    draft = computed(manager, office, night_percent="200")
    (line,) = lines_of(draft)
    assert (line.minutes_before, line.minutes_after) == (480, 480)
    assert (line.recognised_before, line.recognised_after) == (480, 480 + 240)
    assert (line.level_before, line.level_after) == (0, 1)


def test_other_limits_of_review_say_for_how_many_records_somebody_decides(manager, below, office):
    for number in range(3):
        served(below, make.person(f"人{number}", at=below), 300)
    draft = computed(manager, office, self_approved_minutes="240")
    assert draft.sums["needs"] == {"itself": [3, 0], "office": [0, 3], "level_above": [0, 0]}
    assert {(one.reviewed_before, one.reviewed_after) for one in lines_of(draft)} == {(0, 1)}
    page = manager.visit(f"/rule-lab/{draft.id}").words
    assert "Approved by itself 3 0 The office 0 3" in page


def test_a_share_that_was_too_small_counts_when_the_rule_lets_it(manager, below, office):
    make.let(office, since=FIRST, share_percent=60)
    person = make.person(at=below)
    (one,) = served(below, person, 60, hours=3)
    assert one.minutes == 0
    draft = computed(manager, office, share_percent="30")
    (line,) = lines_of(draft)
    assert (line.minutes_before, line.minutes_after) == (0, 60)


@pytest.mark.parametrize(
    "rules",
    [
        {},
        {"break_after_minutes": 120, "break_minutes": 30, "grace_minutes": 15},
        {"counted_minutes": 200, "night_percent": 150, "holiday_percent": 200},
        {"activity_minutes": 100, "rounding_unit": "15", "rounding_scope": "record"},
        {"share_percent": 60},
    ],
)
def test_recounted_under_the_rules_that_held_everything_is_as_it_was_recorded(office, rules, clock):
    make.let(office, since=FIRST, **{"forgotten_minutes": 360} | rules)
    person = make.person(at=office)
    project = make.project(office, break_minutes=10, travel_minutes=7)
    served(office, person, 200, hours=4)
    served(office, person, 170, start=NINE + timedelta(hours=5), project=project, late=-10)
    served(office, person, 480, start=NINE + timedelta(days=1, hours=10))
    served(office, person, 30, start=NINE + timedelta(days=4), hours=3)
    trial = Trial(office, {}, FIRST, LAST)
    ((_, (one,)),) = recount(trial, make.NOW)
    records = db.session.query(ServiceRecord).all()
    assert one.before.minutes == one.after.minutes == sum(r.minutes for r in records)
    assert sum(one.before.recognised.values()) == sum(r.recognised_minutes for r in records)


def test_what_somebody_corrected_or_refused_no_rule_changes(manager, office):
    person = make.person(at=office)
    (one,) = served(office, person, 480)
    with writing():
        record = db.session.get(ServiceRecord, one.id)
        counting.stand_at(
            record, EntryKind.CORRECTED, 450, account_id=None, at=make.NOW, reason="核对"
        )
    draft = computed(manager, office, counted_minutes="300")
    assert draft.sums["minutes"] == [450, 450]
    assert lines_of(draft) == []
    assert "Nobody's figures would change" in manager.visit(f"/rule-lab/{draft.id}").words


def test_an_office_below_with_its_own_word_keeps_it(manager, below, office):
    other = make.office("夏雨社区", parent=office)
    make.let(below, since=FIRST, counted_minutes=400)
    served(below, make.person(at=below), 480)
    served(other, make.person("李四", at=other), 480)
    draft = computed(manager, office, counted_minutes="300")
    assert draft.sums["minutes"] == [400 + 480, 400 + 300]


def test_what_other_offices_recorded_takes_its_part_of_the_day_and_stays(manager, below, office):
    person = make.person(at=below)
    make.record(person, make.office("别处"), 200, day=NINE.date(), starts_at=NINE)
    served(below, person, 240, start=NINE + timedelta(hours=5))
    draft = computed(manager, office, counted_minutes="300")
    (line,) = lines_of(draft)
    assert (line.minutes_before, line.minutes_after) == (240, 100)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({}, "Change at least one rule."),
        ({"counted_minutes": "0"}, "Change at least one rule."),  # as it is
        ({"counted_minutes": "viele"}, "Write a whole number."),
        ({"counted_minutes": "9999"}, "Write a number from 0 to 1440."),
        ({"night_from": "25:00"}, "Write a time of day like 22:00."),
        ({"share_percent": "50", "valid_from": "2026-06-01"}, "Another rule begins tomorrow"),
        ({"share_percent": "50", "last_day": "2026-06-01"}, "Choose days that are over"),
        ({"share_percent": "50", "last_day": "2025-12-31"}, "The last day is before the first."),
        ({"share_percent": "50", "name": ""}, "Please fill in this field."),
        ({"self_approved_minutes": "900"}, "cannot be more than what the office may approve"),
    ],
)
def test_what_cannot_be_tried_is_said_and_what_was_typed_stays(manager, office, changed, said):
    page = drafted(manager, office, status=422, **changed)
    assert said in page.words
    assert db.session.query(CountingDraft).count() == 0
    for name, value in changed.items():
        if name.endswith("_minutes"):
            assert page.all("input", name=name)[0].get("value") == value


def test_in_force_it_holds_from_its_day_on_for_those_below_and_never_before(manager, below, office):
    person = make.person(at=below)
    (one,) = served(below, person, 480)
    draft = computed(
        manager, office, counted_minutes="300", self_approved_minutes="780", office_minutes="900"
    )
    manager.send(f"/rule-lab/{draft.id}/putting")
    db.session.expire_all()
    assert draft.state is DraftState.IN_FORCE
    before, after = (counting.profile(below, on=day) for day in (SOON - timedelta(days=1), SOON))
    assert (before.day_most, after.day_most) == (0, 300)
    assert (after.self_approved, after.office_approved) == (780, 900)
    assert (one.minutes, one.claimed_minutes) == (480, 480)
    acts = [entry.act for entry in db.session.query(AuditEntry)]
    assert acts.count(Act.DRAFT_IN_FORCE) == 1
    assert acts.count(Act.RULE_SET) == 3
    assert db.session.query(OfficeRule).count() == 3


def test_it_is_put_in_force_once(manager, office):
    draft = computed(manager, office, share_percent="50")
    manager.send(f"/rule-lab/{draft.id}/putting")
    manager.send(f"/rule-lab/{draft.id}/putting", status=409)
    manager.send(f"/rule-lab/{draft.id}/dropping", status=409)
    assert db.session.query(OfficeRule).count() == 1


def test_not_before_it_was_computed_nor_for_a_day_that_has_begun(manager, office, clock):
    drafted(manager, office, share_percent="50")
    draft = db.session.query(CountingDraft).one()
    manager.send(f"/rule-lab/{draft.id}/putting", status=409)
    jobs.compute(make.NOW)
    clock.move_to(datetime(SOON.year, SOON.month, SOON.day, 1, 0, tzinfo=UTC))
    manager.sign_in(make.account(Role.MANAGER, office))
    page = manager.send(f"/rule-lab/{draft.id}/putting", status=409)
    assert "Another rule begins tomorrow at the earliest" in page.words
    assert db.session.query(OfficeRule).count() == 0


def test_thrown_away_nothing_has_changed(manager, office):
    draft = computed(manager, office, share_percent="50")
    manager.send(f"/rule-lab/{draft.id}/dropping")
    assert db.session.query(OfficeRule).count() == 0
    manager.send(f"/rule-lab/{draft.id}/putting", status=409)


def test_a_changed_draft_is_computed_anew(manager, below, office):
    served(below, make.person(at=below), 480)
    draft = computed(manager, office, counted_minutes="300")
    page = manager.visit(f"/rule-lab/{draft.id}/edit")
    assert page.all("input", name="counted_minutes")[0].get("value") == "300"
    manager.send(f"/rule-lab/{draft.id}/edit", **typed(counted_minutes="400"))
    assert "Waiting to be computed" in manager.visit(f"/rule-lab/{draft.id}").words
    jobs.compute(make.NOW)
    db.session.expire_all()
    assert [line.minutes_after for line in lines_of(draft)] == [400]


def test_while_it_is_computed_the_page_says_how_far_it_is_and_looks_again(manager, office):
    drafted(manager, office, share_percent="50")
    draft = db.session.query(CountingDraft).one()
    answer = manager.get(f"/rule-lab/{draft.id}")
    assert answer.headers["Refresh"] == "3"
    page = manager.visit(f"/rule-lab/{draft.id}")
    assert "Waiting to be computed · 0% of the people" in page.words
    assert page.all("section", id="progress", hx_target="#main")  # state and buttons come anew, too


def test_a_worker_that_died_leaves_its_draft_to_another_and_a_live_one_keeps_it(manager, office):
    drafted(manager, office, share_percent="50")
    with writing():
        number = service.claim(make.NOW)
    with writing():
        assert service.claim(make.NOW + timedelta(seconds=30)) is None
    with writing():
        assert service.claim(make.NOW + timedelta(seconds=91)) == number


def test_what_was_thrown_away_meanwhile_is_not_finished(manager, office):
    drafted(manager, office, share_percent="50")
    with writing():
        number = service.claim(make.NOW)
    draft = db.session.get(CountingDraft, number)
    manager.send(f"/rule-lab/{draft.id}/dropping")
    with writing():
        assert service.go_on(number, 50, make.NOW) is False
    with writing():
        service.finish(number, [], make.NOW)
    db.session.expire_all()
    assert draft.state is DraftState.DROPPED


def test_a_failure_is_said_and_can_be_tried_again(manager, office, monkeypatch):
    drafted(manager, office, share_percent="50")
    draft = db.session.query(CountingDraft).one()
    with writing():
        draft.changed = {"night_from": "nonsense"}
    jobs.compute(make.NOW)
    db.session.expire_all()
    assert draft.state is DraftState.FAILED
    with writing():
        draft.changed = {"share_percent": 50}
    assert "It could not be computed" in manager.visit(f"/rule-lab/{draft.id}").words


def test_the_greatest_change_comes_first_page_by_page(manager, office, monkeypatch):
    monkeypatch.setattr(service, "PAGE", 2)
    for number, minutes in enumerate((310, 480, 360, 360, 420)):
        served(office, make.person(f"人{number}", at=office), minutes)
    draft = computed(manager, office, counted_minutes="300")
    seen, url = [], f"/rule-lab/{draft.id}"
    while url:
        page = manager.visit(url)
        seen += [words for words in page.said("th", scope="row") if words.startswith("人")]
        following = page.all("a", rel="next")
        url = following[0].get("href") if following else None
    assert seen == ["人1", "人4", "人3", "人2", "人0"]


def test_all_of_them_leave_as_a_file(manager, office):
    scheme(office, 5, 8)
    served(office, make.person("=王秀兰", at=office), 480)
    draft = computed(manager, office, counted_minutes="300")
    answer = manager.post(f"/rule-lab/{draft.id}/export", data={"reason": "核对"})
    sheet = openpyxl.load_workbook(BytesIO(answer.data)).active
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert rows[0][:5] == [
        "Volunteer number",
        "Name",
        "Records",
        "Minutes (before)",
        "Minutes (after)",
    ]
    assert rows[1][1:] == ["=王秀兰", 1, 480, 300, 480, 300, 0, 0, "Star 2", "Star 1"]
    assert sheet.cell(2, 2).data_type == "s"


def test_a_page_of_three_costs_as_many_questions_as_one_of_one(manager, office):
    scheme(office, 5, 8)
    found = []
    for people in (1, 2):
        for _ in range(people):
            served(office, make.person(at=office), 480)
        draft = computed(manager, office, counted_minutes="300")
        with queries() as asked:
            manager.visit(f"/rule-lab/{draft.id}")
        found.append(len(asked))
    assert found[0] == found[1]


def test_a_draft_of_another_office_does_not_exist(manager, office):
    draft = computed(manager, office, share_percent="50")
    manager.sign_in(make.account(Role.MANAGER, make.office("别处")))
    for url in ("", "/edit", "/export"):
        manager.visit(f"/rule-lab/{draft.id}{url}", 404)
    for act in ("putting", "dropping"):
        manager.send(f"/rule-lab/{draft.id}/{act}", status=404)
    manager.visit(f"/rule-lab/new?office={office.id}", 404)
    assert "No drafts yet" in manager.visit("/rule-lab/").words


@pytest.mark.parametrize("role", [Role.VOLUNTEER, Role.LEADER, Role.COORDINATOR])
def test_only_who_sets_rules_tries_them(office, browser, clock, role):
    person = make.person(at=office) if role is Role.VOLUNTEER else None
    browser.sign_in(make.account(role, office, person=person))
    browser.visit("/rule-lab/", 403)


def test_the_lab_stands_in_chinese(manager, below, office):
    scheme(office, 5, 8)
    served(below, make.person(at=below), 480)
    draft = computed(manager, office, counted_minutes="300")
    manager.speak("zh")
    words = manager.visit(f"/rule-lab/{draft.id}").words
    assert "8小时 → 5小时" in words
    assert "数字会变化的人" in words
    assert "一天最多计入" in manager.visit("/rule-lab/new").words


def test_the_settings_of_a_profile_are_those_that_offices_know(app):
    assert set(counting.COUNTING) <= set(Setting)
    office = make.office()
    assert counting.profile(office, on=make.TODAY) == counting.profile_of(
        offices.settings_of(office, on=make.TODAY)
    )


def test_hours_of_another_year_change_no_star_of_this_one(manager, below, office):
    held = scheme(office, 5)
    with writing():
        db.session.get(StarScheme, held.id).period = StarPeriod.YEAR
        db.session.get(StarScheme, held.id).first_day = date(2025, 1, 1)
    person = make.person("王秀兰", at=below)
    served(below, person, 480, start=NINE - timedelta(days=90))
    served(below, person, 300)
    draft = computed(manager, office, counted_minutes="300", first_day="2025-10-01")
    (line,) = lines_of(draft)
    assert (line.recognised_before, line.recognised_after) == (780, 600)
    assert (line.level_before, line.level_after) == (1, 1)


def test_what_still_waits_for_a_decision_takes_no_star_away(manager, below, office):
    scheme(office, 5)
    person = make.person("王秀兰", at=below)
    served(below, person, 300)
    (waiting,) = served(below, person, 540, start=NINE + timedelta(days=1))
    assert waiting.state is RecordState.PENDING
    draft = computed(manager, office, counted_minutes="300")
    (line,) = lines_of(draft)
    assert (line.minutes_before, line.minutes_after) == (840, 600)
    assert (line.level_before, line.level_after) == (1, 1)


def test_of_several_schemes_the_line_names_the_one_in_which_a_level_changes(manager, below, office):
    scheme(office, 100)
    other = scheme(office, 5, 8)
    person = make.person("王秀兰", at=below)
    served(below, person, 480)
    draft = computed(manager, office, counted_minutes="300")
    (line,) = lines_of(draft)
    assert (line.scheme_id, line.level_before, line.level_after) == (other.id, 2, 1)
    assert draft.sums["lower"] == 1


@pytest.mark.parametrize("after", ["x", "1-x", "99999999999999999999-1", "٣-1"])
def test_nonsense_for_a_page_of_lines_is_no_bug(manager, below, office, after):
    served(below, make.person(at=below), 480)
    draft = computed(manager, office, counted_minutes="300")
    assert manager.get(f"/rule-lab/{draft.id}?after={after}").status_code in {200, 404}
