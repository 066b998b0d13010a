"""Programs, pages and plans."""
