"""Two files of one person, made into one."""
