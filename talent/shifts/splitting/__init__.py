"""A span of time divided into shifts."""
