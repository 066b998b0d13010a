"""The Tango control system in pure Python."""
