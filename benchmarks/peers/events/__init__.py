"""Peers: events and polling."""
