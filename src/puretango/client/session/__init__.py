"""A conversation with one device: connection, retries, faults, context."""
