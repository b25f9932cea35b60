"""What a plan is measured by: indicators and their report, volunteers beside staff, workload."""
