"""Green modes and their executors."""
