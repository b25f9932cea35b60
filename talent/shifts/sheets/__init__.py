"""The sheet of paper: keyed in at once, and its picture kept."""
