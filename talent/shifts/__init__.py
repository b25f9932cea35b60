"""Projects, positions, shifts, sign-ups, waiting lists, attendance."""
