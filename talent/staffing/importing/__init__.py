"""Population figures and appointments out of spreadsheets: a dry run, then all or nothing."""
