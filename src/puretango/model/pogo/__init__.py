"""Pogo's files, read and written."""
