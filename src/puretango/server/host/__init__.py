"""Server: the composition root, its life cycle and signals."""
