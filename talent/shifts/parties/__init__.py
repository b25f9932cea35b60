"""Parties: several people who are signed up together, a group or a family."""
