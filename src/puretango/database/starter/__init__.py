"""The Starter, and what it knows of the processes of its host."""
