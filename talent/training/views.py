"""The doors of training: each address and what answers there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint

from talent.training.attempts import views as attempts
from talent.training.attendance import views as attendance
from talent.training.continuing import views as continuing
from talent.training.courses import views as courses
from talent.training.credentials import views as credentials
from talent.training.doors import views as at_the_door
from talent.training.evaluations import views as evaluations
from talent.training.holdings import views as holdings
from talent.training.importing import views as importing
from talent.training.kinds import views as kinds
from talent.training.quizzes import views as quizzes
from talent.training.records import views as records
from talent.training.sessions import views as sessions
from talent.training.signups import views as signups
from talent.training.social_work import views as social_work

if TYPE_CHECKING:
    from collections.abc import Callable

    from talent.web import Answer

bp = Blueprint("training", __name__, url_prefix="/training")

PAGES: dict[str, tuple[str, Callable[..., Answer]]] = {
    "index": ("/", courses.index),
    "show": ("/courses/<int:course_id>", sessions.course),
    "sessions": ("/sessions", sessions.index),
    "session": ("/sessions/<int:session_id>", signups.show),
    "code": ("/sessions/<int:session_id>/code", at_the_door.code),
    "scan": ("/door/<int:session_id>/<code>", at_the_door.scan),
    "door": ("/door/<int:session_id>", at_the_door.door),
    "material": ("/courses/<int:course_id>/materials/<int:material_id>", courses.material),
    "attending": ("/mine/sessions/<int:session_id>", holdings.attending),
    "quiz_start": ("/mine/quizzes/<int:course_id>", attempts.start),
    "question": ("/mine/attempts/<int:attempt_id>/<int:place>", attempts.question),
    "finish": ("/mine/attempts/<int:attempt_id>/end", attempts.finish),
    "result": ("/mine/attempts/<int:attempt_id>", attempts.result),
    "questions_example": ("/courses/<int:course_id>/questions/example", importing.example),
    "questions_rows": ("/courses/<int:course_id>/questions/<int:file_id>", importing.rows),
    "evaluations": ("/sessions/<int:session_id>/evaluations", evaluations.show),
    "paper_list": ("/sessions/<int:session_id>/paper", attendance.paper),
    "mine": ("/mine", holdings.mine),
    "person": ("/people/<int:person_id>", holdings.person),
    "credentials": ("/credentials", credentials.index),
    "credential": ("/credentials/<int:credential_id>", credentials.show),
    "paper": ("/credentials/<int:credential_id>/evidence", credentials.paper),
    "shown_paper": ("/credentials/<int:credential_id>/evidence/shown", credentials.shown_paper),
    "queue": ("/verification", social_work.queue),
    "kinds": ("/kinds", kinds.index),
    "record": ("/records/<int:record_id>", records.show),
    "record_paper": ("/records/<int:record_id>/evidence", records.paper),
    "shown_record_paper": ("/records/<int:record_id>/evidence/shown", records.shown_paper),
    "continuing": ("/mine/continuing-education", continuing.mine),
    "continuing_of": ("/people/<int:person_id>/continuing-education", continuing.of),
    "social_workers": ("/social-workers", social_work.index),
}
FORMS: dict[str, tuple[str, Callable[..., Answer]]] = {
    "new": ("/courses/new", courses.new),
    "edit": ("/courses/<int:course_id>/edit", courses.edit),
    "new_session": ("/courses/<int:course_id>/sessions/new", sessions.new),
    "edit_session": ("/sessions/<int:session_id>/edit", sessions.edit),
    "prerequisites": ("/courses/<int:course_id>/prerequisites", courses.prerequisites),
    "materials": ("/courses/<int:course_id>/materials", courses.materials),
    "quiz": ("/courses/<int:course_id>/quiz", quizzes.quiz),
    "new_question": ("/courses/<int:course_id>/quiz/questions/new", quizzes.new_question),
    "edit_question": (
        "/courses/<int:course_id>/quiz/questions/<int:question_id>",
        quizzes.edit_question,
    ),
    "questions": ("/courses/<int:course_id>/questions", importing.upload),
    "evaluate": ("/mine/sessions/<int:session_id>/evaluation", evaluations.evaluate),
    "parts": ("/sessions/<int:session_id>/dates", sessions.parts),
    "keep_list": ("/sessions/<int:session_id>/list", attendance.keep_list),
    "seat": ("/sessions/<int:session_id>/seats/<int:seat_id>", attendance.seat),
    "new_record": ("/people/<int:person_id>/records/new", records.new),
    "withdraw_record": ("/records/<int:record_id>/withdrawal", records.withdraw),
    "new_credential": ("/people/<int:person_id>/credentials/new", credentials.new),
    "new_own_credential": ("/mine/credentials/new", credentials.new_own),
    "withdraw_credential": ("/credentials/<int:credential_id>/withdrawal", credentials.withdraw),
    "new_own_record": ("/mine/records/new", records.new_own),
    "refuse_record": ("/records/<int:record_id>/refusal", records.refuse),
    "refuse_credential": ("/credentials/<int:credential_id>/refusal", credentials.refuse),
    "new_kind": ("/kinds/new", kinds.new),
    "edit_kind": ("/kinds/<int:kind_id>/edit", kinds.edit),
    "new_registration": ("/people/<int:person_id>/registrations/new", social_work.new),
    "refuse_registration": (
        "/registrations/<int:registration_id>/refusal",
        social_work.refuse,
    ),
}
ACTS: dict[str, tuple[str, Callable[..., Answer]]] = {
    "cancel_session": ("/sessions/<int:session_id>/cancellation", sessions.cancel),
    "add_seat": ("/sessions/<int:session_id>/seats", signups.add),
    "remove_seat": ("/sessions/<int:session_id>/seats/of/<int:person_id>/end", signups.remove),
    "attended": ("/sessions/<int:session_id>/seats/<int:seat_id>/attended", attendance.attended),
    "missed": ("/sessions/<int:session_id>/seats/<int:seat_id>/missed", attendance.missed),
    "end_prerequisite": (
        "/courses/<int:course_id>/prerequisites/<int:prerequisite_id>/end",
        courses.end_prerequisite,
    ),
    "end_material": (
        "/courses/<int:course_id>/materials/<int:material_id>/end",
        courses.end_material,
    ),
    "end_question": (
        "/courses/<int:course_id>/quiz/questions/<int:question_id>/end",
        quizzes.end_question,
    ),
    "questions_confirm": (
        "/courses/<int:course_id>/questions/<int:file_id>/confirmation",
        importing.confirm,
    ),
    "begin_quiz": ("/mine/quizzes/<int:course_id>/attempts", attempts.begin),
    "answer": ("/mine/attempts/<int:attempt_id>/<int:place>", attempts.answer),
    "hand_in": ("/mine/attempts/<int:attempt_id>/end", attempts.hand_in),
    "remove_part": (
        "/sessions/<int:session_id>/dates/<int:part_id>/end",
        sessions.remove_part,
    ),
    "come": ("/door/<int:session_id>/in", at_the_door.come),
    "leave": ("/door/<int:session_id>/out", at_the_door.leave),
    "wait": ("/sessions/<int:session_id>/waiting", signups.wait),
    "take": ("/sessions/<int:session_id>/seat", signups.take),
    "give_back": ("/sessions/<int:session_id>/seat/end", signups.give_back),
    "verify_record": ("/records/<int:record_id>/verification", records.verify),
    "verify_registration": (
        "/registrations/<int:registration_id>/verification",
        social_work.verify,
    ),
    "verify": ("/credentials/<int:credential_id>/verification", credentials.verify),
}
for doors, methods in ((PAGES, ["GET"]), (FORMS, ["GET", "POST"]), (ACTS, ["POST"])):
    for name, (address, view) in doors.items():
        bp.add_url_rule(address, name, view, methods=methods)
