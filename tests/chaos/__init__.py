"""chaos: everything is killed, often, under load."""
