"""What runs SQL: SQLite with its file, and MariaDB."""
