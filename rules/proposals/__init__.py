"""rules: a draft of the calendar from a school's own published one, the rule set and the authority's windows. 規§4.1."""
