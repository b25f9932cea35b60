"""What the operator and the offices see of the timed work: workers, jobs, queues, figures."""
