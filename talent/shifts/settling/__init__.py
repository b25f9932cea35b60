"""Attendance after the end of a shift."""
