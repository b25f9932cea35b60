"""A list of questions: a dry run of every row, then the bank takes them, or none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from talent import audit, files
from talent.audit import Act
from talent.db import db
from talent.errors import NotFound, Refused
from talent.rules.quizzes import MOST_OPTIONS, Faulty, QuestionKind
from talent.rules.reason import N_, Because
from talent.rules.words import Word
from talent.sheets import cells
from talent.sheets.outcomes import Outcome, State, gravest
from talent.sheets.reading import read
from talent.training.quizzes import service as quizzes
from talent.training.quizzes.service import Asked

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from talent.access import Actor
    from talent.files import StoredFile
    from talent.sheets.reading import Row, Sheet
    from talent.training.models import Course

LETTERS = "ABCDEFGH"[:MOST_OPTIONS]
COLUMNS: dict[str, Sequence[str]] = {
    "kind": ("题型", "类型", "Kind"),
    "text": ("题目", "题干", "试题", "Question"),
    "english": ("英文题目", "Question in English"),
    **{
        letter: (f"选项{letter}", letter, f"Answer {letter}", f"Option {letter}")
        for letter in LETTERS
    },
    "right": ("答案", "正确答案", "标准答案", "Right answer", "Answer"),
    "weight": ("分值", "分数", "Points"),
    "why": ("解析", "答案解析", "Explanation"),
}
REQUIRED = ("text", "right")
KINDS = {
    "单选": QuestionKind.SINGLE, "单选题": QuestionKind.SINGLE, "single": QuestionKind.SINGLE,
    "多选": QuestionKind.MULTIPLE, "多选题": QuestionKind.MULTIPLE,
    "multiple": QuestionKind.MULTIPLE,
    "判断": QuestionKind.TRUE_FALSE, "判断题": QuestionKind.TRUE_FALSE,
    "true/false": QuestionKind.TRUE_FALSE,
}  # fmt: skip
TRUE = frozenset({"对", "正确", "是", "√", "T", "TRUE", "A"})
FALSE = frozenset({"错", "错误", "否", "×", "X", "F", "FALSE", "B"})
MOST_ROWS = 500
LONGEST = 1000  # characters
_MEDIA_TYPE = "application/x-talent-questions"
_COLUMN_OF = {
    Faulty.FEW_OPTIONS: "B",
    Faulty.TWICE: "A",
    Faulty.NONE_RIGHT: "right",
    Faulty.ONE_RIGHT: "right",
    Faulty.UNKNOWN_RIGHT: "right",
    Faulty.NO_WEIGHT: "weight",
}


class RowNote(Word):
    """What is to be said of a row."""

    KIND = "kind", N_("“%(text)s” is no kind of question: single, multiple, true/false.")
    LONG = "long", N_("This text is longer than %(most)s characters.")
    THERE = "there", N_("The bank has this question already.")
    TWICE = "twice", N_("The same question stands in row %(row)s already.")


class NoQuestions(Word):
    """Why a list is not taken."""

    NOTHING = "nothing", N_("No row of this list can be taken.")
    PROBLEMS = "problems", N_("There are rows with problems. Nothing was taken.")
    TOO_LONG = "too_long", N_("A list of questions has at most %(rows)s rows.")


@dataclass(slots=True)
class Line:
    """One row: the question that stands there, and what becomes of it."""

    row: Row
    asked: Asked | None

    @property
    def number(self) -> int:
        """The row as the spreadsheet shows it."""
        return self.row.number

    @property
    def outcomes(self) -> list[Outcome]:
        """What is said of the row."""
        return self.row.outcomes

    @property
    def state(self) -> State:
        """The gravest of its outcomes; a row without one is taken."""
        return gravest(self.outcomes, State.TAKE)


def keep(name: str, content: bytes, *, actor: Actor, now: datetime) -> StoredFile:
    """Keep a list between the dry run and its confirmation."""
    _read(name, content)
    return files.keep(name, content, media_type=_MEDIA_TYPE, actor=actor, now=now)


def kept(file_id: int, *, actor: Actor) -> StoredFile:
    """A list of this account, or `NotFound`."""
    return files.handed_in(file_id, _MEDIA_TYPE, actor=actor)


def forget_lists(before: datetime) -> int:
    """Delete lists that nobody confirmed."""
    return files.forget(_MEDIA_TYPE, before=before)


def dry_run(file: StoredFile, course: Course) -> list[Line]:
    """Look at every row, and write nothing."""
    sheet = _read(file.name, file.content)
    lines = [Line(row, _asked(row)) for row in sheet.rows]
    quiz = quizzes.quiz_of(course.id)
    bank = {question.text_zh for question in quizzes.questions_of(quiz)} if quiz else set()
    seen: dict[str, int] = {}
    for line in lines:
        if line.asked is None or line.row.refused:
            continue
        text = line.asked.text_zh
        if text in bank:
            line.row.note("text", RowNote.THERE, State.UNCHANGED)
        elif text in seen:
            line.row.note("text", Because(RowNote.TWICE, {"row": seen[text]}), State.DUPLICATE)
        seen.setdefault(text, line.number)
    return lines


def confirm(file: StoredFile, course: Course, *, actor: Actor, now: datetime) -> int:
    """The bank takes the questions; how many are new. With a faulty row it takes none."""
    if (quiz := quizzes.quiz_of(course.id)) is None:
        raise NotFound
    lines = dry_run(file, course)
    if any(line.state is State.REFUSE for line in lines):
        raise Refused([NoQuestions.PROBLEMS])
    new = [line.asked for line in lines if line.state is State.TAKE and line.asked]
    if not new:
        raise Refused([NoQuestions.NOTHING])
    for asked in new:
        quizzes.add(quiz, asked, actor=actor, now=now)
    audit.record(
        Act.IMPORTED, course, actor=actor, now=now, office_id=course.office_id, rows=len(new)
    )
    db.session.delete(file)
    return len(new)


def _read(name: str, content: bytes) -> Sheet:
    sheet = read(name, content, columns=COLUMNS, required=REQUIRED)
    if len(sheet.rows) > MOST_ROWS:
        raise Refused([Because(NoQuestions.TOO_LONG, {"rows": MOST_ROWS})])
    return sheet


def _asked(row: Row) -> Asked | None:
    text = row.take("text", cells.text, required=True)
    answer = row.take("right", lambda cell: cells.text(cell, plain=True), required=True)
    kind = _kind(row, answer or "")
    weight = row.take("weight", cells.integer)
    options = [(letter, row.take(letter, cells.text)) for letter in LETTERS]
    why = row.take("why", cells.text)
    for name, said in (("text", text), ("why", why)):
        if said and len(said) > LONGEST:
            row.note(name, Because(RowNote.LONG, {"most": LONGEST}))
    if row.refused or kind is None or text is None or answer is None:
        return None
    given = [(letter, said) for letter, said in options if said]
    letters = "AB" if kind is QuestionKind.TRUE_FALSE else "".join(one for one, _ in given)
    asked = Asked(
        kind=kind,
        text_zh=text,
        text_en=row.take("english", cells.text),
        options=[(said, None) for _, said in given],
        right=_right(answer, kind, letters),
        weight=1 if weight is None else weight,
        why_zh=why,
    )
    for fault in quizzes.faults(asked):
        row.note(_COLUMN_OF.get(fault.why), fault)
    return asked


def _kind(row: Row, answer: str) -> QuestionKind | None:
    """As it is named, or as the answer looks."""
    typed = row.take("kind", lambda cell: cells.text(cell, plain=True))
    if typed:
        if (kind := KINDS.get(typed.casefold())) is None:
            row.note("kind", Because(RowNote.KIND, {"text": typed[:40]}))
        return kind
    if not any(row[letter] for letter in LETTERS):
        return QuestionKind.TRUE_FALSE
    return QuestionKind.MULTIPLE if len(_letters(answer)) > 1 else QuestionKind.SINGLE


def _letters(answer: str) -> list[str]:
    return [one for one in answer.upper() if one.isalpha()]


def _right(answer: str, kind: QuestionKind, letters: str) -> list[int]:
    if kind is QuestionKind.TRUE_FALSE:
        word = answer.strip().upper()
        return [0] if word in TRUE else [1] if word in FALSE else [-1]
    return [letters.find(one) for one in dict.fromkeys(_letters(answer))]
