"""The SQL engines: SQLite with its file, and MariaDB."""
