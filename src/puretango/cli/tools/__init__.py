"""The command line's tools: one file each, imported when asked for."""
