"""Shifts of a day or a holiday cancelled at once."""
