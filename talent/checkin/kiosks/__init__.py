"""Tablets that show the shifts of today of one office."""
