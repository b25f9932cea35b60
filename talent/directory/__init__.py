"""The list of people that clerks search, filter and act on."""
