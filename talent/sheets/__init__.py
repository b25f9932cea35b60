"""Spreadsheets in and out: what offices really send is read, what they get keeps every digit."""
