"""Who came and went: the list of the leader, the code at the door."""
