"""Members of a team: asked for, accepted, in a role from a day to a day."""
