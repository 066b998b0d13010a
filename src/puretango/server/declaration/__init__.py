"""What an author declares: attributes, commands, pipes, properties."""
