"""Sessions of courses: places, seats, attendance."""
