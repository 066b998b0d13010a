"""Settings of attributes: what the author, the class, the database and clients say of them, and what that means."""
