"""From one place to another: in one step, so that none is lost when the other is refused."""
