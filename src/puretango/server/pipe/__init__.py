"""Pipes of a device."""
