"""How service gets on record: from the list of a shift, or entered by hand with evidence."""
