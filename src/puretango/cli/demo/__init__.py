"""The demo: a whole control system in one process."""
