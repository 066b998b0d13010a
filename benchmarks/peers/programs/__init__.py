"""Peers: programs, pages and plans."""
