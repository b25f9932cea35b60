"""Shifts with their positions, read as columns: what the law asks, without an object a row."""
