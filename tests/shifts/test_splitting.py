"""A span is divided into shifts: evenly, by a list of changes, or not at all."""

import bulk
import pytest

pytestmark = pytest.mark.usefixtures("clock")


def test_a_span_is_divided_into_shifts(boss, project):
    page = bulk.look(boss, bulk.split_url(project), **bulk.split_fields(project))
    assert "3 shifts" in page.words
    assert bulk.shifts() == []
    bulk.do(boss, bulk.split_url(project), **bulk.split_fields(project))
    assert bulk.local(bulk.shifts()) == [
        "08 08:00-08 10:00", "08 10:00-08 12:00", "08 12:00-08 14:00"
    ]  # fmt: skip
    assert {(s.place, s.needs[0].places) for s in bulk.shifts()} == {("礼堂", 2)}


def test_a_span_is_divided_evenly_with_a_changeover(boss, project):
    bulk.do(
        boss,
        bulk.split_url(project),
        **bulk.split_fields(project, changeover=15, even="y", minutes=100),
    )
    assert bulk.local(bulk.shifts()) == [
        "08 08:00-08 09:50", "08 10:05-08 11:55", "08 12:10-08 14:00"
    ]  # fmt: skip


def test_a_list_of_changes_goes_past_midnight_on_each_day(boss, project):
    fields = bulk.split_fields(
        project, way="times", times="08:00 18:00 02:00", first="2026-06-08", last="2026-06-09"
    )
    bulk.do(boss, bulk.split_url(project), **fields)
    assert bulk.local(bulk.shifts()) == [
        "08 08:00-08 18:00", "08 18:00-09 02:00", "09 08:00-09 18:00", "09 18:00-10 02:00"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"ends_at": "2026-06-08T07:00"}, "The end must be later than the start."),
        ({"ends_at": ""}, "Please fill in this field."),
        ({"minutes": 400}, "The span is shorter than one shift."),
        ({"minutes": 3}, "A shift lasts at least 5 minutes."),
        ({"minutes": 0}, "Give a number from 1 to 1440."),
        ({"minutes": 30, "changeover": -30}, "Shifts overlap by less than their length."),
        ({"minutes": 5, "ends_at": "2026-06-30T08:00"}, "At most 400 shifts at once."),
        ({"way": "times", "first": "2026-06-08", "times": "08:00"}, "Give at least two times"),
        ({"way": "times", "first": "2026-06-08", "times": "8-12"}, "“8-12” is not a time."),
        ({"way": "times", "times": "8:00 9:00"}, "Please fill in this field."),
        (
            {"way": "times", "first": "2026-06-08", "last": "2026-06-07", "times": "8:00 9:00"},
            "The last day is before the first.",
        ),
    ],
)
def test_a_division_that_makes_no_sense_is_refused(boss, project, fields, said):
    page = bulk.look(
        boss, bulk.split_url(project), status=422, **bulk.split_fields(project, **fields)
    )
    assert said in page.words
    assert bulk.stamp(page) is None
    assert bulk.shifts() == []
