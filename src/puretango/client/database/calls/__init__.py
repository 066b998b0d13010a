"""The database's commands by subject, and what they carry."""
