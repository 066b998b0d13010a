"""A browser's socket: frames of newest values."""
