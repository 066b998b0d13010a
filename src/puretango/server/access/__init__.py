"""What requests do with attributes: reading, writing, memorized values, the ring of polled ones."""
