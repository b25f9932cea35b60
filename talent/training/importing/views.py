"""The doors of a list of questions: handing it in, the dry run, the confirmation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Response, render_template, url_for
from flask_babel import ngettext

from talent import clock
from talent.access import Permission, Scope, allow
from talent.errors import Refused
from talent.i18n import gettext
from talent.sheets.outcomes import State
from talent.sheets.writing import XLSX_TYPE, write_xlsx
from talent.training.courses import service as courses
from talent.training.importing import service
from talent.training.importing.forms import QuestionsForm
from talent.web import actor, done, form_page

if TYPE_CHECKING:
    from talent.web import Answer

EXAMPLES = (
    ("单选题", "有人晕倒，先做什么？", "确认安全", "直接搬动", "喂水", "A", 2, "先保自己"),
    ("多选题", "志愿者应当保密的有", "住址", "病情", "活动时间", "A,B", 2, ""),
    ("判断题", "培训时长计入志愿服务时间。", "", "", "", "错", 1, "培训单独记录。"),
)  # fmt: skip


@allow(Permission.EDIT_TRAINING)
def upload(course_id: int) -> Answer:
    """Take a list; what it would do is shown on the next page."""
    course = courses.editable_course(actor(), course_id)
    form = QuestionsForm()
    if form.validate_on_submit():
        with form.file.data.stream as stream:
            content = stream.read()
        try:
            file = service.keep(form.file.data.filename, content, actor=actor(), now=clock.now())
        except Refused as refusal:
            form.refuse(refusal, dict.fromkeys((r.why for r in refusal.reasons), "file"))
        else:
            return done(url_for("training.questions_rows", course_id=course.id, file_id=file.id))
    return form_page("training/questions.html", form=form, course=course)


@allow(Permission.EDIT_TRAINING, Scope.HOUSE)
def example(course_id: int) -> Answer:
    """A workbook with the columns, and three rows as an example."""
    courses.editable_course(actor(), course_id)
    columns = ["题型", "题目", "选项A", "选项B", "选项C", "答案", "分值", "解析"]
    return Response(
        write_xlsx(gettext("Questions"), columns, EXAMPLES),
        mimetype=XLSX_TYPE,
        headers={"Content-Disposition": 'attachment; filename="questions.xlsx"'},
    )


@allow(Permission.EDIT_TRAINING, Scope.OWN)
def rows(course_id: int, file_id: int) -> Answer:
    """The dry run: every row with what becomes of it. Nothing is in the bank yet."""
    course = courses.editable_course(actor(), course_id)
    file = service.kept(file_id, actor=actor())
    lines = service.dry_run(file, course)
    return render_template(
        "training/questions_rows.html",
        course=course,
        file=file,
        lines=lines,
        takes=sum(line.state is State.TAKE for line in lines),
        refused=sum(line.state is State.REFUSE for line in lines),
    )


@allow(Permission.EDIT_TRAINING, Scope.OWN)
def confirm(course_id: int, file_id: int) -> Answer:
    """Take what the dry run showed."""
    course = courses.editable_course(actor(), course_id)
    file = service.kept(file_id, actor=actor())
    number = service.confirm(file, course, actor=actor(), now=clock.now())
    said = ngettext(
        "%(num)d question is in the bank.", "%(num)d questions are in the bank.", number
    )
    return done(url_for("training.quiz", course_id=course.id), said)
