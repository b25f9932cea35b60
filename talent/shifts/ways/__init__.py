"""How long the ways between the places of an office take."""
