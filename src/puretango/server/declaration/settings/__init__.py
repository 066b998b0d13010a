"""Settings of attributes: the properties that author, class, database and clients give, and what they mean."""
