"""Imports: files of people, training, credentials and past hours, row by row by the worker."""
