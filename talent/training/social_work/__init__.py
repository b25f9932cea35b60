"""Social workers: registrations of three years and continuing education."""
