"""Whether somebody may sign in where he is: the place has a point, and he agreed to it."""
