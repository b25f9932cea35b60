"""Saved filters: the filters of the list under a name, one's own or shared with an office."""
