"""Subscriptions, their supervision, and what they deliver."""
