"""The law as a page to read: each regulation, its constants, functions and reasons."""

from __future__ import annotations

import inspect
import pkgutil
from enum import StrEnum
from importlib import import_module
from typing import TYPE_CHECKING, Any

from talent import rules

if TYPE_CHECKING:
    from types import ModuleType

PLUMBING = {"reason", "words"}
NO_CONSTANTS = {"TYPE_CHECKING", "UTC", "NO_LIMITS"}


def printed() -> str:
    """The whole rulebook as Markdown, the same bytes for the same rules."""
    parts = ["# The rulebook", "", "Printed by `flask rulebook` from `talent/rules/`.", ""]
    for name in sorted(m.name for m in pkgutil.iter_modules(rules.__path__)):
        if name not in PLUMBING:
            parts += _chapter(name, import_module(f"talent.rules.{name}"))
    return "\n".join(parts).rstrip() + "\n"


def _chapter(name: str, module: ModuleType) -> list[str]:
    lines = [f"## {name}", "", inspect.cleandoc(module.__doc__ or ""), ""]
    if constants := _constants(module):
        lines += ["| constant | value |", "|---|---|"]
        lines += [f"| {key} | `{value}` |" for key, value in constants] + [""]
    for function in _functions(module):
        shape = inspect.signature(function)
        asked = ", ".join(p.name for p in shape.parameters.values())
        lines += [f"- **{function.__name__}**({asked}). {_doc(function)}"]
    for enum in _reasons(module):
        lines += ["", f"*{enum.__name__}*: {_doc(enum)}", ""]
        lines += [f"- {member.name}: {getattr(member, 'label', member.value)}" for member in enum]
    return [*lines, ""]


def _constants(module: ModuleType) -> list[tuple[str, str]]:
    found = []
    for key, value in vars(module).items():
        plain = isinstance(value, StrEnum | type) or inspect.ismodule(value) or callable(value)
        if key.isupper() and not key.startswith("_") and key not in NO_CONSTANTS and not plain:
            found.append((key, _written(value)))
    return found


def _written(value: Any) -> str:
    if isinstance(value, frozenset):
        value = tuple(sorted(value, key=str))
    text = ", ".join(str(v) for v in value) if isinstance(value, tuple) else str(value)
    return text.replace("|", "\\|")


def _functions(module: ModuleType) -> list[Any]:
    return [
        thing
        for key, thing in vars(module).items()
        if inspect.isfunction(thing)
        and thing.__module__ == module.__name__
        and not key.startswith("_")
    ]


def _reasons(module: ModuleType) -> list[type[StrEnum]]:
    return [
        thing
        for thing in vars(module).values()
        if inspect.isclass(thing)
        and issubclass(thing, StrEnum)
        and thing.__module__ == module.__name__
    ]


def _doc(thing: Any) -> str:
    return " ".join((inspect.getdoc(thing) or "").split())
