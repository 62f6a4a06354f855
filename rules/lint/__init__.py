"""rules: the linter of a calendar: small pure judgements, each with its clause, explanation and remedy. 規§4.1, 規§4.2."""
