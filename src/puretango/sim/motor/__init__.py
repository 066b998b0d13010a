"""The simulated axis."""
