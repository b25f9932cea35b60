"""Ratings of a service by those who were there, and what the office answers (好差评)."""
