"""bench: what the commands and the loop cost, measured against bare PostgreSQL and a peer."""
