"""The door of files of people."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from flask import Response, current_app, url_for
from htmx_flask import request

from talent import clock
from talent.access import Field, Permission, allow
from talent.directory.columns import chosen
from talent.directory.exports import service
from talent.directory.exports.forms import ExportForm
from talent.directory.filters import wanted
from talent.i18n import DEFAULT_ZONE, force_locale, gettext, language
from talent.sheets.flowing import flow_csv, flow_xlsx
from talent.sheets.writing import CSV_TYPE, XLSX_TYPE
from talent.web import actor, form_page

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from flask.ctx import AppContext

    from talent.sheets.writing import Value
    from talent.web import Answer


@allow(Permission.SEE_PEOPLE, shows={Field.AREA, Field.BIRTH, Field.GUARDIAN, Field.MAIL})
def export() -> Answer:
    """Exactly those whom the filters of the address show, as a file; a reason is asked for."""
    wish, now = wanted(request.args), clock.now()
    today = clock.today(DEFAULT_ZONE, now)
    columns = [column.value for column in chosen(actor())]
    may = actor().may(Permission.SEE_IDENTITY)
    form = ExportForm(may_see=may, data={"columns": columns})
    if not form.validate_on_submit():
        return form_page(
            "directory/export.html",
            form=form,
            number=service.counted(actor(), wish, today=today),
            back=url_for("people.index", **wish.query),
        )
    ids = service.take_out(
        actor(), wish, form.shown, full=form.whole, reason=form.reason.data, now=now, today=today
    )
    read = partial(service.rows, columns=form.shown, actor=actor(), full=form.whole, today=today)
    rows = _rows(ids, read, language(), current_app.app_context)
    heads = service.heads(form.shown)
    kind = form.kind.data
    body = flow_csv(heads, rows) if kind == "csv" else flow_xlsx(gettext("People"), heads, rows)
    return Response(
        body,
        mimetype=CSV_TYPE if kind == "csv" else XLSX_TYPE,
        headers={"Content-Disposition": f'attachment; filename="people-{today}.{kind}"'},
    )


def _rows(
    ids: Sequence[int],
    read: Callable[[Sequence[int]], list[list[Value]]],
    spoken: str,
    context: Callable[[], AppContext],
) -> Iterator[list[Value]]:
    """Piece by piece, each read when it is sent: the request is over by then."""
    for start in range(0, len(ids), service.PIECE):
        with context(), force_locale(spoken):
            rows = read(ids[start : start + service.PIECE])
        yield from rows
