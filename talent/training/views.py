"""The doors of training: each address and what answers there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint

from talent.training.courses import views as courses
from talent.training.credentials import views as credentials
from talent.training.holdings import views as holdings
from talent.training.lapsing import views as lapsing
from talent.training.records import views as records
from talent.training.sessions import views as sessions
from talent.training.social_work import views as social_work

if TYPE_CHECKING:
    from collections.abc import Callable

    from talent.web import Answer

bp = Blueprint("training", __name__, url_prefix="/training")

PAGES: dict[str, tuple[str, Callable[..., Answer]]] = {
    "index": ("/", courses.index),
    "show": ("/courses/<int:course_id>", sessions.course),
    "sessions": ("/sessions", sessions.index),
    "session": ("/sessions/<int:session_id>", sessions.show),
    "mine": ("/mine", holdings.mine),
    "person": ("/people/<int:person_id>", holdings.person),
    "credentials": ("/credentials", credentials.index),
    "credential": ("/credentials/<int:credential_id>", credentials.show),
    "paper": ("/credentials/<int:credential_id>/evidence", credentials.paper),
    "lapsing": ("/lapsing", lapsing.index),
    "social_workers": ("/social-workers", social_work.index),
}
FORMS: dict[str, tuple[str, Callable[..., Answer]]] = {
    "new": ("/courses/new", courses.new),
    "edit": ("/courses/<int:course_id>/edit", courses.edit),
    "new_session": ("/courses/<int:course_id>/sessions/new", sessions.new),
    "edit_session": ("/sessions/<int:session_id>/edit", sessions.edit),
    "new_record": ("/people/<int:person_id>/records/new", records.new),
    "withdraw_record": ("/records/<int:record_id>/withdrawal", records.withdraw),
    "new_credential": ("/people/<int:person_id>/credentials/new", credentials.new),
    "new_own_credential": ("/mine/credentials/new", credentials.new_own),
    "withdraw_credential": ("/credentials/<int:credential_id>/withdrawal", credentials.withdraw),
    "new_registration": ("/people/<int:person_id>/registrations/new", social_work.new),
}
ACTS: dict[str, tuple[str, Callable[..., Answer]]] = {
    "cancel_session": ("/sessions/<int:session_id>/cancellation", sessions.cancel),
    "add_seat": ("/sessions/<int:session_id>/seats", sessions.add),
    "remove_seat": ("/sessions/<int:session_id>/seats/of/<int:person_id>/end", sessions.remove),
    "attended": ("/sessions/<int:session_id>/seats/<int:seat_id>/attended", sessions.attended),
    "missed": ("/sessions/<int:session_id>/seats/<int:seat_id>/missed", sessions.missed),
    "take": ("/sessions/<int:session_id>/seat", sessions.take),
    "give_back": ("/sessions/<int:session_id>/seat/end", sessions.give_back),
    "verify": ("/credentials/<int:credential_id>/verification", credentials.verify),
}
for doors, methods in ((PAGES, ["GET"]), (FORMS, ["GET", "POST"]), (ACTS, ["POST"])):
    for name, (address, view) in doors.items():
        bp.add_url_rule(address, name, view, methods=methods)
