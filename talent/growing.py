"""Tables that only grow: the database itself refuses to change or remove a row, on both engines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import DDL, Table, event

if TYPE_CHECKING:
    from collections.abc import Iterable

MARK = "only_grows"  # in a table's info

_FUNCTION = """CREATE OR REPLACE FUNCTION only_grows() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'the table % only grows', TG_TABLE_NAME; END $$"""


def only_grows(model: Any, *unique: tuple[str, ...]) -> None:
    """Keep the rows of a model's table as they were written; `unique` are its further keys.

    On SQLite a REPLACE removes a row without asking the trigger of deletes, so a row with the id
    or a key of another one is refused before.
    """
    table: Table = model.__table__
    table.info[MARK] = True
    for engine in ("sqlite", "postgresql"):
        for statement in statements(table.name, engine, unique):
            trigger = DDL(statement.replace("%", "%%"))  # type: ignore[no-untyped-call]
            event.listen(table, "after_create", trigger.execute_if(dialect=engine))


def statements(name: str, engine: str, unique: Iterable[tuple[str, ...]] = ()) -> list[str]:
    """What is said to the database so that the table only grows."""
    if engine == "postgresql":
        on = f"ON {name} FOR EACH"
        return [
            _FUNCTION,
            (
                f"CREATE TRIGGER {name}_no_change BEFORE UPDATE OR DELETE {on} ROW "
                "EXECUTE FUNCTION only_grows()"
            ),
            (
                f"CREATE TRIGGER {name}_no_truncate BEFORE TRUNCATE {on} STATEMENT "
                "EXECUTE FUNCTION only_grows()"
            ),
        ]
    stop = f"BEGIN SELECT RAISE(ABORT, 'the table {name} only grows'); END"
    keys = (("id",), *unique)
    same = " OR ".join("(" + " AND ".join(f"{c} = NEW.{c}" for c in key) + ")" for key in keys)
    taken = f"EXISTS (SELECT 1 FROM {name} WHERE {same})"  # noqa: S608 - our own names
    return [
        f"CREATE TRIGGER {name}_no_update BEFORE UPDATE ON {name} {stop}",
        f"CREATE TRIGGER {name}_no_delete BEFORE DELETE ON {name} {stop}",
        f"CREATE TRIGGER {name}_no_replace BEFORE INSERT ON {name} WHEN {taken} {stop}",
    ]
