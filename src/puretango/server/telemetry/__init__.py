"""Telemetry of devices: what is switched on, spans of the author's methods, log records."""
