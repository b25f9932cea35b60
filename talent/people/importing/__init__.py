"""People out of a spreadsheet: a dry run of every row, then all of them or nothing."""
