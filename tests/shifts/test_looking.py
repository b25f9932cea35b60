"""The list of the coming shifts: a line for each, which leads to its page."""

import make
import plan
import pytest
from counting import queries

from talent.people.models import RegistrationState
from talent.rules.signup import SignupState
from talent.shifts.models import ProjectState, ShiftState

pytestmark = pytest.mark.usefixtures("clock")
MOST_STATEMENTS = 8


def lines(page):
    """The shifts of the list, in their order, by the address of each."""
    (results,) = page.all("div", id="results")
    links = [a.get("href") for a in results.iter("a")]
    return [url for url in links if url.rpartition("/")[2].isdecimal()]


def line(page, shift):
    """What stands in the line of a shift."""
    return page.said("a", href=f"/shifts/{shift.id}")[0]


def test_a_line_says_when_what_where_and_how_many_places_are_free(browser, office, wang):
    shift = plan.shift(plan.project(office), places=4)
    plan.place(shift, make.person(at=office))
    page = browser.sign_in(wang).visit("/shifts/")
    assert page.said("h2").count("Wed 3 Jun 2026") == 1
    assert line(page, shift) == (
        f"09:00–12:00 Meals for neighbours 社区食堂 · {office.name_en} 3 of 4 places free"
    )
    browser.speak("zh")
    assert "余" in line(browser.visit("/shifts/"), shift)


def test_the_reader_sees_how_he_stands_to_each_shift(browser, office, wang):
    project = plan.project(office)
    mine, waits = plan.shift(project, 24), plan.shift(project, 72, places=1)
    plan.place(mine, wang.person)
    plan.place(waits, make.person("陈静", at=office))
    plan.place(waits, wang.person, state=SignupState.WAITING)
    clashing, touching = plan.shift(project, 25), plan.shift(project, 27)
    meanwhile = plan.shift(project, 72)  # whoever only waits may serve elsewhere
    gone = plan.shift(project, 26, state=ShiftState.CANCELLED)
    page = browser.sign_in(wang).visit("/shifts/")
    assert "Has a place" in line(page, mine)
    assert "On the waiting list" in line(page, waits)
    assert "Every place is taken" in line(page, waits)
    assert "You have another shift then" in line(page, clashing)
    assert "another shift" not in line(page, touching) + line(page, meanwhile)
    assert "Cancelled" in line(page, gone)
    other = browser.sign_in(make.volunteer(office, "陈静")).visit("/shifts/").words
    assert "Has a place" not in other
    assert "another shift" not in other


def test_readers_of_the_same_reach_each_see_their_own_shifts_and_nobody_elses(
    browser, office, wang
):
    far = plan.shift(plan.project(make.office("秋水社区", name_en="Autumn"), name_en="Far"))
    plan.place(far, wang.person)
    other = make.volunteer(office, "陈静")
    for who, seen in ((other, False), (wang, True), (other, False)):
        page = browser.sign_in(who).visit("/shifts/")
        assert ("Far" in page.said("strong")) == seen
        assert ("Autumn" in page.text) == seen


@pytest.mark.parametrize(
    ("hours", "times"),
    [
        (2, "22:00–00:00 the next day"),
        (9, "22:00–07:00 the next day"),
        (33, "22:00–Fri 5 Jun 07:00"),
    ],
)
def test_a_shift_through_the_night_stands_on_its_first_day_and_says_when_it_ends(
    browser, office, wang, hours, times
):
    shift = plan.shift(plan.project(office), 61, hours=hours)
    page = browser.sign_in(wang).visit("/shifts/")
    assert "Wed 3 Jun 2026" in page.said("h2")
    assert line(page, shift).startswith(f"{times} Meals")


def test_what_is_not_published_stands_on_the_list_of_the_office_alone(browser, office, wang):
    project = plan.project(office)
    shown = plan.shift(project)
    draft = plan.shift(project, 48, state=ShiftState.DRAFT)
    unready = plan.shift(plan.project(office, "筹备中", state=ProjectState.DRAFT), 72)
    assert lines(browser.sign_in(wang).visit("/shifts/")) == [f"/shifts/{shown.id}"]
    seen = lines(browser.sign_in(plan.coordinator(office)).visit("/shifts/"))
    assert set(seen) == {f"/shifts/{each.id}" for each in (shown, draft, unready)}


def test_an_office_sees_its_shifts_without_being_a_volunteer(browser, office):
    shift = plan.shift(plan.project(office))
    page = browser.sign_in(plan.coordinator(office)).visit("/shifts/")
    assert "5 of 5 places free" in line(page, shift)


def test_the_filter_brings_the_lines_alone(browser, office, wang):
    plan.shift(plan.project(office))
    browser.sign_in(wang)
    whole = browser.visit("/shifts/?place=x")
    part = browser.get("/shifts/?place=x", headers={"HX-Request": "true"}).text
    assert part.lstrip().startswith('<div id="results">')
    assert "No shift fits" in part
    assert "<form" not in part
    assert "No shift fits" in whole.words
    boosted = {"HX-Request": "true", "HX-Boosted": "true"}
    assert "<h1" in browser.get("/shifts/", headers=boosted).text


def test_an_applicant_is_told_why_there_are_no_shifts_yet(browser, office):
    plan.shift(plan.project(office))
    person = make.person(at=office, state=RegistrationState.APPLIED)
    page = browser.sign_in(make.account(person=person)).visit("/shifts/")
    assert "as soon as an office has accepted your registration" in page.words
    assert page.all("a", href="/people/me")


def test_the_list_is_filtered_by_day_place_category_office_and_what_i_may_take(
    browser, office, wang
):
    plan.shift(plan.project(office, name_en="Early", place="东门"), starts=24)
    late = plan.shift(plan.project(office, name_en="Late", place="西门"), starts=72, places=1)
    plan.place(late, make.person(at=office))
    browser.sign_in(wang)

    def found(query):
        page = browser.visit(f"/shifts/?{query}")
        return [n for n in ("Early", "Late") if n in page.said("strong")]

    category = make.category("sport", "文体")
    assert found("") == ["Early", "Late"]
    assert found("day=2026-06-02") == ["Early"]
    assert found("place=%E8%A5%BF") == ["Late"]
    assert found("place=late") == ["Late"]
    assert found(f"category={category.id}") == []
    assert found(f"category={make.category().id}") == ["Early", "Late"]
    assert found(f"office={office.id}") == ["Early", "Late"]
    assert found("office=999999") == []
    assert found("day=rubbish&after=x") == ["Early", "Late"]
    assert found("may=1") == ["Early", "Late"]  # for it one may wait
    plan.place(late, wang.person, state=SignupState.WAITING)
    assert found("may=1") == ["Early"]


def offices_to_choose(page):
    (field,) = page.all("select", id="office")
    return {int(each.get("value")) for each in field.iter("option") if each.get("value")}


def test_each_office_of_which_the_list_shows_a_shift_can_be_chosen_and_no_other(
    browser, office, wang
):
    def at(name, *shifts, **more):
        there = make.office(name, name_en="", parent=office)
        project = plan.project(there, audience=office, **more)
        for each in shifts:
            plan.shift(project, **each)
        return there

    coming, running = at("将来", {"starts": 24}), at("正在", {"starts": -1})
    called_off = at("取消", {"starts": -1, "state": ShiftState.CANCELLED})
    over, closed = at("过去", {"starts": -4}), at("结束", {"starts": 1, "state": ShiftState.CLOSED})
    draft = at("草稿", {"starts": -1, "state": ShiftState.DRAFT})
    unready = at("筹备", {"starts": -1}, state=ProjectState.DRAFT)
    mine = plan.project(make.office("远处", name_en=""))
    plan.place(plan.shift(mine, -1), wang.person)
    plan.shift(plan.project(make.office("别处", name_en="")), -1)
    seen = {coming.id, running.id, called_off.id}
    browser.sign_in(wang)
    for query in ("", "?day=2026-07-01", f"?office={coming.id}", "?after=999"):
        page = browser.visit(f"/shifts/{query}")
        assert offices_to_choose(page) == seen | {mine.office_id}
    page = browser.sign_in(plan.coordinator(office)).visit("/shifts/")
    assert offices_to_choose(page) == seen | {draft.id, unready.id}
    assert not offices_to_choose(page) & {over.id, closed.id}
    assert len(lines(page)) == 5


def test_the_list_goes_on_page_by_page_without_losing_or_repeating_a_shift(browser, office, wang):
    project = plan.project(office)
    for number in range(55):
        plan.shift(project, starts=24 + number // 3)
    seen, url = [], "/shifts/"
    browser.sign_in(wang)
    while url:
        page = browser.visit(url)
        seen += lines(page)
        links = page.all("a", rel="next")
        url = links[0].get("href") if links else None
    assert len(seen) == len(set(seen)) == 55


@pytest.mark.parametrize("query", ["", "?may=1", "?category=1&office=1&place=x&day=2026-06-03"])
def test_the_list_asks_as_often_for_many_shifts_as_for_one(browser, office, wang, query):
    browser.sign_in(wang)
    counts = []
    for shifts in (1, 3):
        for number in range(shifts):
            shift = plan.shift(plan.project(office), 24 * shifts + 5 * number)
            plan.place(shift, wang.person)
            plan.place(shift, make.person(at=office))
        with queries() as sent:
            browser.visit(f"/shifts/{query}")
        counts.append(len(sent))
    assert counts[0] == counts[1]
    assert query or counts[0] <= MOST_STATEMENTS
