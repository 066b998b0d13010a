"""Commands of a device and how they are run."""
