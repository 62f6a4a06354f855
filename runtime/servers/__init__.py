"""runtime: the servers of one machine: PostgreSQL and Temporal from the wheels, and their supervisor."""
