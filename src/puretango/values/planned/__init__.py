"""Messages that are alike but for a value: built and taken apart in few steps."""
