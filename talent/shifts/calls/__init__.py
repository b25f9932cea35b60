"""Those who are asked to step in: what they are asked, and what they answer."""
