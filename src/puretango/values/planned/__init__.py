"""Messages that are alike except for a value: built and decoded in few steps."""
