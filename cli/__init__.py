"""cli: the admin's command line; starter.py calls it."""
