"""A list of people, read from a spreadsheet, who get places on a shift."""
