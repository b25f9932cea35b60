"""Days, weeks and projects copied to other days."""
