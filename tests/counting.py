"""How many statements a page sends to the database."""

from contextlib import contextmanager

from sqlalchemy import event

from talent.db import db


@contextmanager
def queries():
    """The statements that are sent inside, in their order."""
    sent = []

    def note(_connection, _cursor, statement, *_rest):
        sent.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
