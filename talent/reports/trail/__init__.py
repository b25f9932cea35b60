"""The audit trail: what was done, by whom, when, for those who may see it."""
