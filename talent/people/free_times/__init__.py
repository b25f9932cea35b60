"""The times of the week at which a volunteer is glad to serve."""
