"""Doubts about records (疑点): noticed when a record is made and by a look back, and settled."""
