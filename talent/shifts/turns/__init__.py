"""Turns in the line of a shift: who is next for a free place (递补)."""
