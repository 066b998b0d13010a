"""The index of a file store: its tables, its open segments, the file below it."""
