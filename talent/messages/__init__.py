"""The outbox: what is to be told to whom, over which channel, when."""
