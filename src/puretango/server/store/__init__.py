"""Where a server keeps its configuration: database, file, memory."""
