"""A list of numbers as one value of a statement, which stays the same however long the list is.

`IN` is written anew for each length: the statement is put together again, the driver reads it
again, and the database has no plan for it yet.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sqlalchemy import ARRAY, Boolean, Integer, Text, bindparam
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy import Dialect
    from sqlalchemy.sql.compiler import SQLCompiler
    from sqlalchemy.types import TypeEngine


class Numbers(TypeDecorator[Any]):
    """What is sent: an array, or on SQLite a list in JSON."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """As the engine takes it."""
        return dialect.type_descriptor(Text() if dialect.name == "sqlite" else ARRAY(Integer))

    def process_bind_param(self, value: Collection[int] | None, dialect: Dialect) -> Any:
        """In one order, whatever it comes in."""
        found = sorted(value or ())
        return json.dumps(found) if dialect.name == "sqlite" else found


class any_of(FunctionElement[bool]):  # noqa: N801 - written as a function is
    """The column holds one of the numbers that are told under this name."""

    inherit_cache = True
    type = Boolean()

    def __init__(self, column: Any, name: str) -> None:
        super().__init__(column, bindparam(name, type_=Numbers()))

    def self_group(self, against: Any = None) -> Any:  # noqa: ARG002 - as it is called
        """It is a condition as it stands; SQLite would look at no index for `... = 1`."""
        return self


@compiles(any_of, "postgresql")
def _in_array(element: any_of, compiler: SQLCompiler, **given: Any) -> str:
    column, numbers = (compiler.process(each, **given) for each in element.clauses)
    return f"{column} = ANY ({numbers})"


@compiles(any_of, "sqlite")
def _in_json(element: any_of, compiler: SQLCompiler, **given: Any) -> str:
    column, numbers = (compiler.process(each, **given) for each in element.clauses)
    return f"{column} IN (SELECT value FROM json_each({numbers}))"  # noqa: S608 - our own words
