"""Questions of a quiz from a spreadsheet: every row is looked at first."""
