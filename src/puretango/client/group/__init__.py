"""Group and its replies."""
