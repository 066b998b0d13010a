"""Forwarded attributes and their roots."""
