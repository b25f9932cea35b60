"""A place on its way from one person to another: held, moved, told."""
