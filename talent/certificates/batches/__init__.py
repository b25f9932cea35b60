"""Certificates for many people: asked for in one act, issued piece by piece by the worker."""
