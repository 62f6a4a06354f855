"""rosters: a school's own published calendar, in the shapes in which schools publish it. 規§4.1."""
