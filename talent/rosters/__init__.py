"""Roster proposals: who could serve where, computed and explained (排班建议)."""
