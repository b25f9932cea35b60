"""The rule lab: what other rules of counting would have meant for real records."""
