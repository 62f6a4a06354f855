"""rules: what a roster for the central database is made of, and its lines. 規§6.3.1 to 規§6.3.4."""
