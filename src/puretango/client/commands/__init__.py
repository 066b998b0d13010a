"""Calling commands, pipes, and the information about them."""
