"""Population figures, each with its day and its source."""
