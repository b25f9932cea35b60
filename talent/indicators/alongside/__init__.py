"""Volunteers beside staff: by office, by service and on each shift."""
