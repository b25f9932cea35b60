"""The training plan of an office for a year."""
