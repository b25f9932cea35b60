"""Questions that are asked again and again: SQLAlchemy writes the statement and knows the types.

To send a statement that it has written before takes SQLAlchemy three times as long as the driver
needs for it, and a page asks five. So text, values and rows of a question are made ready once.
"""

from __future__ import annotations

from collections import namedtuple
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from sqlalchemy.sql.selectable import SelectBase

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from sqlalchemy import Connection, Dialect

    Turn = Callable[[Any], Any] | None  # from Python to the driver, or back


class Question:
    """A statement of columns for one engine, as the driver is to be given it."""

    def __init__(self, statement: SelectBase, names: Iterable[str], dialect: Dialect) -> None:
        compiled: Any = statement.compile(dialect=dialect)
        self.dialect = dialect
        self.text = str(compiled)
        self._statement, self._names = statement, tuple(names)
        self._order: Sequence[str] | None = compiled.positiontup
        # What is written anew with each list of values is no question of ours.
        self._changes = bool(compiled.post_compile_params or compiled.literal_execute_params)
        self._known: dict[str, Any] = {}
        self._asks: dict[str, Turn] = {}
        for name, bind in () if self._changes else compiled.binds.items():
            turn = bind.type.dialect_impl(dialect).bind_processor(dialect)
            if bind.required:
                self._asks[name] = turn
            else:
                self._known[name] = turn(bind.effective_value) if turn else bind.effective_value
        self._row: Callable[[Iterable[Any]], Any] | None = None
        self._turns: Sequence[tuple[int, Callable[[Any], Any]]] = ()

    def fits(self, given: dict[str, Any], dialect: Dialect) -> bool:
        """Whether it can be asked so."""
        return not self._changes and dialect is self.dialect and given.keys() == self._asks.keys()

    def ask(self, connection: Connection, given: dict[str, Any]) -> list[Any]:
        """Its rows, named as SQLAlchemy names them. Errors are SQLAlchemy's own."""
        told = self._known | {
            name: turn(given[name]) if turn else given[name] for name, turn in self._asks.items()
        }
        values: Any = told if self._order is None else tuple([told[each] for each in self._order])
        cursor: Any = None
        try:
            cursor = connection.connection.cursor()
            for listener in connection.dispatch.before_cursor_execute:
                listener(connection, cursor, self.text, values, None, False)  # noqa: FBT003 - as SQLAlchemy tells it
            cursor.execute(self.text, values)
            rows = cursor.fetchall()
        except self.dialect.loaded_dbapi.Error as error:
            connection._handle_dbapi_exception(error, self.text, values, cursor, None)  # noqa: SLF001 - there is no other door to what tells a lost connection from a refusal
            raise
        make = self._row or self._ready(cursor)
        cursor.close()
        if not self._turns:
            return [make(row) for row in rows]
        found = []
        for row in rows:
            cells = list(row)
            for place, turn in self._turns:
                if cells[place] is not None:
                    cells[place] = turn(cells[place])
            found.append(make(cells))
        return found

    def _ready(self, cursor: Any) -> Callable[[Iterable[Any]], Any]:
        """How a row is made; some types ask the driver what it gives. Threads may come together."""
        columns, turns = self._statement.selected_columns, []
        for place, (column, told) in enumerate(zip(columns, cursor.description, strict=True)):
            kind = column.type.dialect_impl(self.dialect)
            if turn := kind.result_processor(self.dialect, told[1]):
                turns.append((place, turn))
        row: Any = namedtuple("Row", self._names, rename=True)  # type: ignore[misc]  # noqa: PYI024 - its names are the statement's
        self._turns, self._row = turns, row._make
        return row._make


# What was asked once, by the names of its columns; from the second time on it is a question.
_met: WeakKeyDictionary[Any, Question | list[str]] = WeakKeyDictionary()


def answer(connection: Connection, statement: Any, given: dict[str, Any]) -> Sequence[Any]:
    """The rows of a statement of columns.

    One that is put together anew each time never comes twice, and is left to SQLAlchemy.
    """
    met = _met.get(statement)
    if isinstance(met, list) and isinstance(statement, SelectBase):
        met = _met[statement] = Question(statement, met, connection.dialect)
    if isinstance(met, Question) and met.fits(given, connection.dialect):
        return met.ask(connection, given)
    found = connection.execute(statement, given)
    if met is None:
        _met[statement] = list(found.keys())
    return found.all()
