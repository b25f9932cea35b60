"""What people are told about their shifts, in their language, with place, time and link."""

import make
import plan
import pytest

from talent.db import db, writing
from talent.messages.jobs import write
from talent.messages.models import Message, MessageKind
from talent.shifts.places import service as places

pytestmark = pytest.mark.usefixtures("clock")
KINDS = (
    "shift_reminder", "shift_changed", "shift_cancelled", "signed_up", "removed", "promoted",
    "place_offered", "offer_lapsed", "place_kept",
)  # fmt: skip


@pytest.mark.parametrize("kind", [k for k in MessageKind if k.value in KINDS])
@pytest.mark.parametrize(
    ("language", "day", "name"),
    [("zh", "2026年6月3日", "长者食堂送餐"), ("en", "Wed 3 Jun 2026", "Meals for neighbours")],
)
def test_a_message_names_the_project_the_day_the_place_and_leads_there(
    app, kind, language, day, name
):
    office = make.office()
    one = plan.place(plan.shift(plan.project(office), note="从南门进"), make.person(at=office))
    with writing():
        one.person.language = language
        until = make.hours_later(4).isoformat()
        places.tell(kind, one, once="1", now=make.NOW, reason="台风", until_at=until)
    mail = write(db.session.query(Message).one(), make.NOW).mail
    assert name in mail["Subject"]
    assert day in mail["Subject"]
    for form in ("plain", "html"):
        body = mail.get_body((form,)).get_content()
        assert "09:00–12:00" in body
        assert "社区食堂" in body
        assert f"/shifts/{one.shift_id}" in body
        without_note = {"shift_cancelled", "removed", "offer_lapsed"}
        assert ("从南门进" in body) == (kind.value not in without_note)
        assert ("13:00" in body) == (kind.value in {"place_offered", "place_kept"})
        assert ("台风" in body) == (kind.value in {"shift_cancelled", "removed"})
