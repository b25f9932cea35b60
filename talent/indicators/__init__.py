"""The plan's indicators, volunteers beside staff, workload."""
