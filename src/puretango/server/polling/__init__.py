"""Polling: table, scheduler, turn, cache, history."""
