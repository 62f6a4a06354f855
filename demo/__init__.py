"""demo: an invented school, its files and the people who play in it; nothing here runs in production."""
