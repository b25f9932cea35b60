"""The side of the office: what waits for a decision, what is overdue, what is in doubt."""
