"""Courses: what is taught."""
