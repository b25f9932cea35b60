"""One story from end to end: a volunteer, a coordinator, a leader, a stranger and a manager."""

from __future__ import annotations

import os
import re
import subprocess
from datetime import timedelta

import make
import pytest
import scene
from doing import Tasks, grown, read
from visitor import PASSWORD

from talent import clock
from talent.db import db, writing
from talent.hours.models import RecordState, ServiceRecord
from talent.messages import service as messages
from talent.messages.models import Message, MessageKind
from talent.people.models import Registration, RegistrationState
from talent.rules.signup import SignupState
from talent.schedule import SCHEDULE, run
from talent.shifts.models import Attendance, Shift, ShiftState, Signup

NAME, MASKED = "王秀兰", "王*"
HOURS = {"zh": "3小时", "en": "3 h"}
VALID = {"zh": "这份证明有效", "en": "This certificate is valid"}
MOST_SCREENS = 6  # from the first visit to a place on a shift
MOST_TAPS = 3  # from the link of a reminder, on a device that does not know him
WINDOWS = {
    "in Chinese on a phone": {"language": "zh", "width": 360, "height": 740, "phone": True},
    "in English without JavaScript": {"language": "en", "scripts": False},
}


@pytest.mark.parametrize("window", WINDOWS.values(), ids=WINDOWS.keys())
def test_a_volunteer_comes_serves_and_prints_while_the_office_keeps_the_books(
    opened, letter, tmp_path, window
):
    language = window["language"]
    desk = {"language": language, "scripts": window.get("scripts", True)}
    place = scene.place()
    scene.staff(place.office, ("赵一", "钱二", "孙三"), residents=5000)
    task = Tasks()
    his = opened(**window)
    with task("register", his):
        register(his, place)
    hers = opened(**desk).sign_in(place.coordinator)
    with task("take an application", hers):
        accept(hers)
    with task("publish a shift", hers):
        publish(hers, place.project)
    with task("sign up", his):
        take_a_shift(his, decided())
    assert task["register"].screens + task["sign up"].screens <= MOST_SCREENS
    again = opened(**window)
    again.go(remind(letter))
    think_again(again)
    assert again.taps <= MOST_TAPS
    begin = clock.now() - timedelta(minutes=5)
    move(begin)
    with task("check in by code", his):
        check_in(his)
    move(begin - timedelta(hours=3), came=True)
    close(opened(**desk | {"width": 360, "height": 740}).sign_in(place.leader))
    with task("print the certificate", his):
        number = print_certificate(his, language, tmp_path / "certificate.pdf")
    verify(opened(**window), number, language)
    other = make.person("李四", at=place.office)
    waiting = make.record(
        other, place.office, 600, day=scene.today() - timedelta(days=1), state=RecordState.PENDING
    )
    with task("confirm hours", hers):
        confirm(hers, waiting)
    manager = opened(**desk).sign_in(place.manager)
    with task("see who is missing", manager):
        see_the_ratio(manager, place.office)
    if his.phone:
        task.save(os.environ.get("TASKS", tmp_path / "tasks.json"))
        assert grown(task, read()) == []


def only(model):
    db.session.rollback()
    return db.session.query(model).one()


def register(his, place):
    """He makes an account and registers with the eight fields."""
    his.go("/")
    his.follow("/account/sign-up")
    his.fill(name=NAME, login="xiulan@example.org", password=PASSWORD)
    his.send()
    assert his.path == "/people/register"
    assert his.page.locator("[name=name]").input_value() == NAME  # never asked twice
    his.fill(
        office=place.office.id,
        document=make.resident_id(),
        area="春风社区",
        phone="13912345678",
        skills="急救",
        categories=[str(place.project.category_id)],
        privacy=True,
    )
    his.send()
    assert his.path == "/people/me"
    assert make.resident_id() not in his.page.content()
    assert only(Registration).state is RegistrationState.APPLIED


def accept(hers):
    """The coordinator sees who waits, and accepts."""
    hers.go("/")
    hers.follow("/people/applications")
    hers.send("/approval")
    assert only(Registration).state is RegistrationState.ACTIVE


def publish(hers, project):
    """She plans a shift and publishes it with the same press."""
    hers.go("/")
    hers.follow("/shifts/new")
    starts, ends = (f"{scene.at(2, hour):%Y-%m-%dT%H:%M}" for hour in (10, 13))
    hers.fill(starts_at=starts, ends_at=ends, **{f"places_{project.positions[0].id}": 5})
    hers.send()
    assert only(Shift).state is ShiftState.PUBLISHED


def decided():
    """The link of the letter that says he is accepted."""
    with writing():
        messages.tell_decisions(now=clock.now())
    told = db.session.query(Message).filter_by(kind=MessageKind.REGISTRATION_DECIDED).one()
    return told.facts["path"]


def take_a_shift(his, link):
    """He comes back by the letter, finds a shift and takes it."""
    his.go(link)
    his.follow(f"/shifts/{only(Shift).id}")
    his.send("/signup?need=1")
    assert his.page.locator("form[action$='/cancellation']").count() == 1
    assert only(Signup).state is SignupState.CONFIRMED


def remind(letter):
    """The worker runs: a day before the shift a mail is written, and not sooner. Its link."""
    shift = only(Shift)
    reminders = db.session.query(Message).filter_by(kind=MessageKind.SHIFT_REMINDER)
    for moment, count in ((clock.now(), 0), (shift.starts_at - timedelta(hours=23), 1)):
        assert [job.name for job in SCHEDULE if not run(job, moment)] == []
        assert reminders.count() == count
    return re.search(rf"/shifts/{shift.id}\b", letter(reminders.one()))[0]


def think_again(his):
    """On another device he gives his place up, and takes it again."""
    his.fill(login="xiulan@example.org", password=PASSWORD)
    his.send()
    assert his.path == f"/shifts/{only(Shift).id}"
    his.send("/cancellation")
    his.send("/signup?need=1")
    db.session.rollback()
    states = [one.state for one in db.session.query(Signup).order_by(Signup.id)]
    assert states[-1] is SignupState.CONFIRMED


def check_in(his):
    """On the spot he scans the code and says that he has come."""
    his.go(f"/shifts/scan/{only(Shift).scan_token}")
    his.press(his.page.locator("main form .primary"))
    assert only(Attendance).out_at is None


def close(leading):
    """Three hours later the leader notes that he goes, and closes the list."""
    leading.go(f"/shifts/{only(Shift).id}/roster")
    leading.send("/departure")
    leading.send("/closing")
    assert only(Attendance).out_at is not None


def move(begin, *, came=False):
    """As if the shift of three hours had begun then, and he had come in time."""
    with writing():
        shift = db.session.query(Shift).one()
        shift.starts_at, shift.ends_at = begin, begin + timedelta(hours=3)
        for one in db.session.query(Signup):
            one.made_at = begin - timedelta(days=1)
        if came:
            db.session.query(Attendance).one().in_at = begin


def print_certificate(his, language, file):
    """His hours are there, and the certificate is his to print. Its number."""
    his.go("/")
    assert HOURS[language] in his.words
    his.follow("/certificates/")
    if language != "zh":  # what an office asks for is ticked
        his.fill(language=language)
    his.send("/certificates/")
    with his.page.expect_download() as download:
        his.page.locator("main a[href$='/pdf']").click()
    his.taps += 1
    download.value.save_as(file)
    read = ["pdftotext", "-layout", file, "-"]
    printed = subprocess.run(read, capture_output=True, text=True, check=True).stdout
    words = "".join(printed.split())
    assert NAME in words
    assert HOURS[language].replace(" ", "") in words
    return his.page.locator("#number").inner_text()


def verify(strange, number, language):
    """A stranger verifies it, and learns no more than he must."""
    strange.go("/verify")
    strange.fill(number=number.lower())
    strange.send("/verify")
    assert VALID[language] in strange.words
    assert MASKED in strange.words
    assert NAME not in strange.page.content()


def confirm(hers, record):
    """A record that waits is looked at and approved."""
    hers.go("/")
    hers.follow("/hours/review")
    hers.send("/approval")
    db.session.rollback()
    assert db.session.get(ServiceRecord, record.id).state is RecordState.APPROVED


def see_the_ratio(managing, office):
    """The manager sees the community's ratio, and opens it to the people counted."""
    managing.go("/")
    managing.press(managing.page.locator("#menu a[href$='/staffing/']"))
    row = managing.page.locator(f"#office-{office.id}")
    figures = [cell.inner_text().split()[:1] for cell in row.locator("td").all()]
    assert figures[:4] == [["3"], ["5000"], ["6.00"], ["18"]]  # people, residents, ratio, target
    assert figures[5] == ["6"]  # nine are needed
    managing.press(row.locator("a[href$='#people']").first)
    for name in ("赵一", "钱二", "孙三"):
        assert name in managing.words
