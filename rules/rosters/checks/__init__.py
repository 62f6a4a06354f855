"""rules.rosters.checks: the data doctor: what is wrong with a roster before it is sent. Pure. 規§4.2, 規§6.3."""
