"""Whose request it is, and whether it came from our own pages."""
