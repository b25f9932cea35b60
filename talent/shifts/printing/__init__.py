"""Shifts on paper: the roster, and the sheet on which people sign in."""
