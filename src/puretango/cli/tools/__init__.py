"""Commands of the tools: each uses a room of its own."""
