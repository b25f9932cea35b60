"""Bulk acts on shifts: shown before they are done, undone for a day (批量)."""
