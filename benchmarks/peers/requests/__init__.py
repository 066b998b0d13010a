"""Peers: requests: calls, connections, crowds."""
