"""Closed lists of words: each member is stored by its code and shown by its translated label."""

from __future__ import annotations

from enum import StrEnum
from typing import Self


class Word(StrEnum):
    """An enumeration whose members are written `CODE = "code", N_("Label")`."""

    label: str

    def __new__(cls, code: str, label: str = "") -> Self:
        """The code is the value; the label is an English sentence for the translators."""
        member = str.__new__(cls, code)
        member._value_ = code
        member.label = label
        return member

    @classmethod
    def of(cls, code: str | None) -> Self | None:
        """The member that is stored by this code, or None."""
        return next((member for member in cls if member.value == code), None)
