"""A record is wrong or missing: asked, answered, appealed, decided, and all of it to be seen."""
