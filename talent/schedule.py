"""The one table of timed jobs."""
