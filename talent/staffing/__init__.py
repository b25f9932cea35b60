"""Appointments, population figures, standards, ratios and shortfalls."""
