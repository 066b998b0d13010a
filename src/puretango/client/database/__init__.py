"""Database and the properties of devices."""
