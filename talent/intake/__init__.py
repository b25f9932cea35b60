"""Spreadsheets of people that are taken in, row by row."""
