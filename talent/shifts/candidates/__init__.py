"""Who could step in for a place, the most fitting first (人选)."""
