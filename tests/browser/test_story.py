"""One story from end to end: a volunteer, a coordinator, a leader, a stranger and a manager."""

from __future__ import annotations

import subprocess
from datetime import timedelta

import make
import pytest
import scene
from visitor import PASSWORD

from talent import clock
from talent.db import db, writing
from talent.messages.models import Message, MessageKind
from talent.people.models import Registration, RegistrationState
from talent.rules.signup import SignupState
from talent.schedule import SCHEDULE, run
from talent.shifts.models import Attendance, Shift, Signup

NAME, MASKED = "王秀兰", "王*"
HOURS = {"zh": "3小时", "en": "3 h"}
VALID = {"zh": "这份证明有效", "en": "This certificate is valid"}
MOST_SCREENS = 6  # from the first visit to a place on a shift
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
    scene.shift(place.project, scene.at(2, 10))
    his = opened(**window)
    register(his, place)
    accept(opened(**desk).sign_in(place.coordinator))
    take_a_shift(his)
    remind(letter)
    serve(opened(**desk | {"width": 360, "height": 740}).sign_in(place.leader))
    number = print_certificate(his, language, tmp_path / "certificate.pdf")
    verify(opened(**window), number, language)
    see_the_ratio(opened(**desk).sign_in(place.manager), place.office)


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
        document_kind="resident_id",
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
    hers.follow("/people/applications")
    hers.send("/approval")
    assert only(Registration).state is RegistrationState.ACTIVE


def take_a_shift(his):
    """He finds a shift and takes it."""
    his.go("/shifts/")
    his.follow(f"/shifts/{only(Shift).id}")
    his.send("/signup?need=1")
    assert his.page.locator("form[action$='/cancellation']").count() == 1
    assert len(his.screens) <= MOST_SCREENS, his.screens
    assert only(Signup).state is SignupState.CONFIRMED


def remind(letter):
    """The worker runs: a day before the shift a mail is written, and not sooner."""
    shift = only(Shift)
    reminders = db.session.query(Message).filter_by(kind=MessageKind.SHIFT_REMINDER)
    for moment, count in ((clock.now(), 0), (shift.starts_at - timedelta(hours=23), 1)):
        assert [job.name for job in SCHEDULE if not run(job, moment)] == []
        assert reminders.count() == count
    assert f"/shifts/{shift.id}" in letter(reminders.one())


def serve(leading):
    """The shift begins: in by one tap, three hours later out, and the list is closed."""
    number = only(Shift).id
    begin = clock.now() - timedelta(minutes=5)
    move(begin)
    leading.go(f"/shifts/{number}/roster")
    leading.send("/arrival")
    assert only(Attendance).out_at is None
    move(begin - timedelta(hours=3), came=True)
    leading.go(f"/shifts/{number}/roster")
    leading.send("/departure")
    leading.send("/closing")
    assert only(Attendance).out_at is not None


def move(begin, *, came=False):
    """As if the shift of three hours had begun then, and he had come in time."""
    with writing():
        shift = db.session.query(Shift).one()
        shift.starts_at, shift.ends_at = begin, begin + timedelta(hours=3)
        db.session.query(Signup).one().made_at = begin - timedelta(days=1)
        if came:
            db.session.query(Attendance).one().in_at = begin


def print_certificate(his, language, file):
    """His hours are there, and the certificate is his to print. Its number."""
    his.go("/hours/")
    assert HOURS[language] in his.words
    his.follow("/certificates/")
    his.fill(language=language)
    his.send("/certificates/")
    with his.page.expect_download() as download:
        his.page.locator("main a[href$='/pdf']").click()
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


def see_the_ratio(managing, office):
    """The manager sees the community's ratio, and opens it to the people counted."""
    managing.go("/staffing/")
    row = managing.page.locator(f"#office-{office.id}")
    figures = [cell.inner_text().split()[:1] for cell in row.locator("td").all()]
    assert figures[:4] == [["3"], ["5000"], ["6.00"], ["18"]]  # people, residents, ratio, target
    assert figures[5] == ["6"]  # nine are needed
    managing.press(row.locator("a[href$='#people']").first)
    for name in ("赵一", "钱二", "孙三"):
        assert name in managing.words
