"""Shifts counted anew: what is written down about places, against the sign-ups themselves."""
