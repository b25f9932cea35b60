"""Levels: what holds for an office and all below it from a day to a day, and who says so."""
