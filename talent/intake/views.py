"""The pages of imports: files, their columns, their rows, how far they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, Response, current_app, render_template, url_for
from htmx_flask import request

from talent import clock
from talent.access import Permission, Scope, allow
from talent.errors import Refused
from talent.i18n import force_locale, gettext, language, sentence
from talent.intake import columns, forms, service
from talent.intake.lines import cells_of, line
from talent.intake.models import (
    REJECTED,
    IntakeKind,
    IntakeState,
    RowState,
    Way,
)
from talent.offices.service import offices_of, visible_office
from talent.people.history.service import FIELDS
from talent.rules.identity import Sex, masked
from talent.rules.reason import Because, unpacked
from talent.sheets.cells import EXACT_BELOW
from talent.sheets.flowing import flow_xlsx
from talent.sheets.headings import letter
from talent.sheets.writing import XLSX_TYPE
from talent.web import actor, done, form_page

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flask.ctx import AppContext

    from talent.intake.models import Intake, IntakeRow
    from talent.sheets.cells import Cell
    from talent.sheets.writing import Value
    from talent.web import Answer

bp = Blueprint("intake", __name__, url_prefix="/people/imports")
LOOK_AGAIN = 3  # seconds between two looks at an import that runs
TROUBLED = (RowState.REFUSED, RowState.ASK, RowState.DUPLICATE)
PLAIN = (RowState.TAKE, RowState.UPDATE, RowState.SAME)


@bp.route("", methods=["GET", "POST"])
@allow(Permission.EDIT_PEOPLE)
def index() -> Answer:
    """Hand in a file; those that were handed in."""
    form = forms.UploadForm(offices=offices_of(actor(), Permission.EDIT_PEOPLE))
    if form.validate_on_submit():
        kind, sent = IntakeKind(form.kind.data), form.file.data
        office = visible_office(actor(), columns.PERMISSIONS[kind], form.office.data)
        with sent.stream as stream:
            content = stream.read()
        try:
            intake = service.hand_in(
                office,
                kind,
                Way(form.way.data),
                name=sent.filename,
                content=content,
                actor=actor(),
                now=clock.now(),
            )
        except Refused as refusal:
            form.refuse(refusal, dict.fromkeys((r.why for r in refusal.reasons), "file"))
        else:
            return done(_page_of(intake))
    found = service.recent(actor(), after=request.args.get("after", type=int))
    shown = found[: service.SHOWN]
    return form_page(
        "intake/index.html",
        form=form,
        intakes=shown,
        next_url=url_for(".index", after=shown[-1].id) if len(found) > service.SHOWN else "",
    )


@bp.get("/<int:intake_id>")
@allow(Permission.EDIT_PEOPLE, Scope.OWN)
def show(intake_id: int) -> Answer:
    """How far it is, what would become of each row, what became of it."""
    intake = service.own(actor(), intake_id)
    return _shown(intake)


@bp.route("/<int:intake_id>/columns", methods=["GET", "POST"])
@allow(Permission.EDIT_PEOPLE, Scope.OWN)
def mapping(intake_id: int) -> Answer:
    """What each column is, chosen by hand."""
    intake = service.own(actor(), intake_id)
    problems: list[str] = []
    chosen = {index: name for name, index in intake.mapping.items()}
    if request.method == "POST":
        chosen = forms.chosen(request.form, columns.COLUMNS[intake.kind])
        try:
            service.choose(intake, chosen, actor=actor(), now=clock.now())
        except Refused as refusal:
            problems = _columns_said(refusal)
        else:
            return done(url_for(".show", intake_id=intake.id))
    page = render_template(
        "intake/columns.html",
        intake=intake,
        chosen=chosen,
        samples=service.samples(intake),
        fields={name: columns.LABELS[name] for name in columns.COLUMNS[intake.kind]},
        letter=letter,
        problems=problems,
    )
    return (page, 422) if problems else page


@bp.post("/<int:intake_id>/confirmation")
@allow(Permission.EDIT_PEOPLE, Scope.OWN)
def confirm(intake_id: int) -> Answer:
    """Let the rows be taken that can be."""
    intake = service.own(actor(), intake_id)
    service.confirm(
        intake,
        request.form.get("version", 0, type=int),
        forms.answers(request.form),
        actor=actor(),
        now=clock.now(),
    )
    return done(url_for(".show", intake_id=intake.id))


@bp.post("/<int:intake_id>/cancellation")
@allow(Permission.EDIT_PEOPLE, Scope.OWN)
def cancel(intake_id: int) -> Answer:
    """Take no more of it."""
    service.cancel(service.own(actor(), intake_id), now=clock.now())
    said = gettext("Cancelled. What was taken until then stays.")
    return done(url_for(".show", intake_id=intake_id), said)


@bp.get("/<int:intake_id>/rejected")
@allow(Permission.EDIT_PEOPLE, Scope.OWN)
def rejected(intake_id: int) -> Answer:
    """The rows that were not taken, as they came, with a column that says why."""
    intake = service.own(actor(), intake_id)
    heads = [*intake.titles, gettext("Why it was not taken")]
    rows = _rejected(intake.id, len(intake.titles), language(), current_app.app_context)
    return Response(
        flow_xlsx(gettext("Rejected rows"), heads, rows),
        mimetype=XLSX_TYPE,
        headers={"Content-Disposition": f'attachment; filename="rejected-{intake.id}.xlsx"'},
    )


def _page_of(intake: Intake) -> str:
    chooses = intake.state is IntakeState.MAPPING
    return url_for(".mapping" if chooses else ".show", intake_id=intake.id)


def _columns_said(refusal: Refused) -> list[str]:
    return [
        sentence(Because(r.why, {n: gettext(str(fact)) for n, fact in r.facts.items()}))
        for r in refusal.reasons
    ]


def _shown(intake: Intake) -> Answer:
    after = request.args.get("after", 0, type=int)
    looks = intake.state is IntakeState.LOOKED
    troubled = service.rows_of(intake, TROUBLED) if looks and not after else []
    plain = service.rows_of(intake, PLAIN, after=after) if looks else []
    counts = service.counts(intake)
    return render_template(
        "intake/show.html",
        intake=intake,
        counts=counts,
        looked=sum(counts.values()),
        takes=counts.get(RowState.TAKE, 0) + counts.get(RowState.UPDATE, 0),
        rejects=sum(counts.get(state, 0) for state in REJECTED),
        ignored=service.rows_of(intake, (RowState.IGNORED,), most=20) if looks else [],
        more_troubled=len(troubled) > service.PAGE,
        plain=[_told(row, intake) for row in plain[: service.PAGE]],
        asked=[_told(row, intake) for row in troubled[: service.PAGE]],
        unread=[
            f"{letter(index)} {title}"
            for index, title in enumerate(intake.titles)
            if title and index not in intake.mapping.values()
        ],
        next_url=url_for(".show", intake_id=intake.id, after=plain[service.PAGE - 1].number)
        if len(plain) > service.PAGE
        else "",
        sexes=Sex,
        fields=FIELDS,
        unpacked=unpacked,
        look_again=LOOK_AGAIN,
    )


def _told(row: IntakeRow, intake: Intake) -> dict[str, object]:
    """A row as the page shows it: who it is about, and what it would change."""
    read = line(row, intake.mapping).row
    document = str(read["document"])
    return {
        "row": row,
        "name": str(read["name"]),
        "document": masked(document) if len(document) > len("123456") else "",
        "changes": service.changes_of(row),
    }


def _rejected(
    intake_id: int, width: int, spoken: str, context: Callable[[], AppContext]
) -> Iterator[list[Value]]:
    """Piece by piece, each read when it is sent: the request is over by then."""
    after: int | None = 0
    while after is not None:
        with context(), force_locale(spoken):
            piece = service.rejected(intake_id, after)
            rows = [_cells(row, width) for row in piece]
            after = piece[-1].number if piece else None
        yield from rows


def _cells(row: IntakeRow, width: int) -> list[Value]:
    values, _ = cells_of(row)
    shown = [_value(value) for value in values[:width]]
    return [*shown, *[None] * (width - len(shown)), _why(row)]


def _why(row: IntakeRow) -> str:
    said = [f"{kept['at']} {sentence(unpacked(kept))}".strip() for kept in row.reasons or ()]
    return " ".join(said) or gettext("Cancelled before this row was taken.")


def _value(value: Cell) -> Value:
    """A cell as it came; a number of many digits as text."""
    if isinstance(value, float):
        return int(value) if value.is_integer() and abs(value) < EXACT_BELOW else str(value)
    return value if isinstance(value, str | int) or hasattr(value, "day") else str(value)  # type: ignore[return-value]
