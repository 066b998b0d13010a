"""Commands of the tools: each stands on a room of its own."""
