"""The lists of records by where they stand, and one record's way."""
