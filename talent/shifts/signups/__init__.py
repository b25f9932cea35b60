"""Sign-ups of volunteers: their own places and turns."""
