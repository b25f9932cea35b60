"""Shifts for me: what fits a volunteer, and what stands in the way."""
