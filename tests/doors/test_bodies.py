"""A number in a form is looked at as one in an address: of another office it names nothing."""

import re

import bodies
import pytest
from objects import PART, SAYS_WHERE
from world import NOWHERE

# What a form names by a number, by door and field: the word that it is known by in the world.
THINGS = {
    "accounts.grant office_id": "office_id",
    "accounts.invite office_id": "office_id",
    "certificates.index office_id": "office_id",
    "certificates.issue office_id": "office_id",
    "certificates.issue_child office_id": "office_id",
    "certificates.new_batch office_id": "office_id",
    "certificates.new_batch people": "person_id",
    "corrections.decide record_id": "record_id",
    "corrections.missing office_id": "office_id",
    "corrections.missing shift_id": "shift_id",
    "directory.edit_filter office": "office_id",
    "directory.new_act at": "office_id",
    "directory.new_filter office": "office_id",
    "indicators.define office": "office_id",
    "indicators.new_ceiling office": "office_id",
    "indicators.new_target office": "office_id",
    "intake.index office": "office_id",
    "national.new_answer office": "office_id",
    "national.new_mapping office": "office_id",
    "offices.new parent_id": "office_id",
    "people.new office": "office_id",
    "recognition.new_award office": "office_id",
    "recognition.new_scheme office": "office_id",
    "recording.enter office_id": "office_id",
    "renewals.edit_requirement course_id": "course_id",
    "renewals.edit_requirement position_id": "position_id",
    "renewals.new_line course_id": "course_id",
    "renewals.new_plan office_id": "office_id",
    "renewals.new_requirement course_id": "course_id",
    "renewals.new_requirement office_id": "office_id",
    "renewals.new_requirement position_id": "position_id",
    "rosters.new office_id": "office_id",
    "rosters.new project_id": "project_id",
    "shifts.close_days office": "office_id",
    "shifts.close_days project": "project_id",
    "shifts.copy office": "office_id",
    "shifts.copy project": "project_id",
    "shifts.edit_project audience_id": "office_id",
    "shifts.edit_project course_ids": "course_id",
    "shifts.edit_project office_id": "office_id",
    "shifts.add_position course_ids": "course_id",
    "shifts.edit_position course_ids": "course_id",
    "shifts.edit_way office_id": "office_id",
    "shifts.need course_ids": "course_id",
    "shifts.new_group office": "office_id",
    "shifts.new_project audience_id": "office_id",
    "shifts.new_project course_ids": "course_id",
    "shifts.new_project office_id": "office_id",
    "shifts.new_way office_id": "office_id",
    "shifts.use_template project": "project_id",
    "staffing.change_draft office": "office_id",
    "staffing.edit_appointment office": "office_id",
    "staffing.edit_figure office": "office_id",
    "staffing.new_age office": "office_id",
    "staffing.new_draft office": "office_id",
    "staffing.new_figure office": "office_id",
    "staffing.new_planned_figure office": "office_id",
    "staffing.new_planned_post office": "office_id",
    "staffing.new_standard office": "office_id",
    "teams.edit office": "office_id",
    "teams.edit parent": "team_id",
    "teams.new office": "office_id",
    "teams.new parent": "team_id",
    "timebank.ask office_id": "office_id",
    "training.new office_id": "office_id",
    "training.new_kind courses": "course_id",
    "training.new_own_record office_id": "office_id",
    "training.new_record course_id": "course_id",
    "training.new_record office_id": "office_id",
    "training.new_session office_id": "office_id",
    "training.prerequisites course_id": "course_id",
    "training.seat part_id": "part_id",
}
# What is read off the body where no form of the page has it: what a door takes, all at once.
ASKED = {
    "checkin.take_person": {"signup": "signup_id"},
    "people.sign": {"person_id": "person_id"},
    "shifts.assign": {"need": "need_id", "person": "person_id"},
    "shifts.board_assign": {"need": "need_id", "person": "person_id"},
    "shifts.board_move": {"need": "need_id", "signup": "signup_id"},
    "shifts.invite": {"need": "need_id", "person": "person_id"},
    "shifts.search": {"need": "need_id"},
    "shifts.sign_up": {"need": "need_id"},
    "shifts.stand_by": {"need": "need_id"},
    "shifts.wait": {"need": "need_id"},
    "shifts.walk_in": {"need": "need_id", "person": "person_id"},
    "training.add_seat": {"person_id": "person_id"},
}
# Of these the offices have one list in common, or it is one's own choice of where to serve.
COMMON = {
    "areas", "categories", "category_id", "credential_kind_ids", "denominator", "kind_id", "kinds",
    "known_skills", "numerator", "quantity_#", "skill_ids", "people.skill parent",
    "people.new_skill parent", "people.register office", "people.refer office",
    "training.edit_kind courses",
    "indicators.new_work_kind office",
}  # fmt: skip
# Numbers that are numbers.
NUMBERS = {
    "all_step", "beside", "levels-#-decides", "lines-#-weekday", "month", "rounding_unit",
    "seconds", "step_#", "steps", "version", "weekdays", "works", "year",
}  # fmt: skip
# Rows of one's own page: of a number that is not among them nothing is read.
ROWS = {"there-#-#", "colleague", "wanted", "who", "place", "chosen", "group", "shifts.party need"}
KNOWN = COMMON | NUMBERS | ROWS
# Who can be taken still, where the volunteer has a place already.
SENDERS = {f"shifts.{door}": "other_volunteer" for door in ("sign_up", "stand_by", "wait")}
# What the scene refuses in any case, for another reason.
NEVER = {
    "certificates.issue_child office_id", "corrections.missing shift_id",
    "directory.new_filter office", "checkin.take_person signup", "shifts.board_move signup",
    "shifts.invite need", "shifts.invite person",
}  # fmt: skip


def test_every_number_that_a_form_asks_for_is_written_down(world):
    offered = {
        f"{rule.endpoint} {name}"
        for rule in world.rules()
        if {"GET", "POST"} <= rule.methods
        for name in bodies.choices(bodies.form(world, rule))
    }
    assert {e for e in offered if e not in THINGS and not {e, e.partition(" ")[2]} & KNOWN} == set()
    assert set(THINGS) <= offered


def test_every_number_that_a_view_reads_off_the_body_is_written_down():
    written = {field for fields in ASKED.values() for field in fields}
    assert bodies.read_by_views() - KNOWN <= written | {each.partition(" ")[2] for each in THINGS}


def told(world, rule, data, name, number):
    """What is answered to a form with this number in the field, and what would be written."""
    role = SENDERS.get(rule.endpoint) or bodies.sender(world, rule.endpoint)
    path = world.path(rule, world.here)
    with world.watched() as touched:
        got = world.ask(role, path, "POST", data=data | {name: number}, headers=PART)
    shown = SAYS_WHERE.sub(b"", got.data)
    for each in {world.other, NOWHERE, number}:  # a refusal may say once more what was chosen
        shown = re.sub(rb'value="%d"( selected)?|&#39;%d&#39;' % (each, each), b"", shown)
    return (got.status_code, got.location, shown), touched


def fault(world, endpoint, data, name, word):
    """What is wrong with a number of the office there in a field of a door."""
    (rule,) = (each for each in world.rules(endpoint) if "POST" in each.methods)
    world.other = world.there[word]
    (other, touched), (none, _), (own, _) = (
        told(world, rule, data, name, number) for number in (world.other, NOWHERE, world.here[word])
    )
    if touched:
        return f"it writes of {touched}"
    if other != none:
        return f"{other[0]} is not {none[0]}"
    if own != none or f"{endpoint} {name}" in NEVER:
        return None
    return f"one's own is as little there: {own[0]}"


@pytest.mark.parametrize("field", THINGS)
def test_a_thing_of_another_office_is_no_choice_of_a_form(world, field):
    endpoint, _, name = field.partition(" ")
    (rule,) = (each for each in world.rules(endpoint) if "POST" in each.methods)
    data = bodies.sent(bodies.form(world, rule))
    assert fault(world, endpoint, data, name, THINGS[field]) is None


@pytest.mark.parametrize("field", [*THINGS][::3])
def test_a_thing_that_is_named_twice_is_no_way_in_either(world, field):
    endpoint, _, name = field.partition(" ")
    (rule,) = (each for each in world.rules(endpoint) if "POST" in each.methods)
    own, other = world.here[THINGS[field]], world.there[THINGS[field]]
    path, data = world.path(rule, world.here), bodies.sent(bodies.form(world, rule))
    more = f"{'&' if '?' in path else '?'}{name}={other}"
    with world.watched() as touched:
        for address, numbers in ((path, [own, other]), (path, [other, own]), (path + more, [own])):
            role = bodies.sender(world, endpoint)
            world.ask(role, address, "POST", data=data | {name: numbers}, headers=PART)
    assert touched == set()


@pytest.mark.parametrize("endpoint", ASKED)
def test_a_thing_of_another_office_is_not_read_off_a_body(world, endpoint):
    data = {name: world.here[word] for name, word in ASKED[endpoint].items()}
    wrong = {name: fault(world, endpoint, data, name, ASKED[endpoint][name]) for name in data}
    assert set(wrong.values()) == {None}, wrong
