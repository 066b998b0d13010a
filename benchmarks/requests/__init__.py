"""Requests: calls, connections, crowds."""
