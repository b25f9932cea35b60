"""What lapses, which booked shifts and staffing figures that breaks, and telling of it."""
