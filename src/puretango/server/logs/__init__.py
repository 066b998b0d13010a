"""Logging of devices: levels, targets, streams, decorators."""
