"""A place for whoever signs up by himself, in as few statements as the law needs."""
