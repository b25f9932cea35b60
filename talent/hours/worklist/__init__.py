"""The work list of the office: what waits for it, in parts, narrowed and counted."""
