"""Store: the database server, its schema version, and every query."""
