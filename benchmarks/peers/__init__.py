"""The processes that are measured."""
