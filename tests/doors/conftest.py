"""The world of two offices, for the tests of this folder."""

from lasting import world

__all__ = ["world"]
