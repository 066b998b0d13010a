"""Attributes of a device: reading, writing, alarms, configuration, the ring of polled values."""
