"""rosters.central: the seam to the central database (規§6.1): sent by hand today, by an interface if one opens."""
