"""rules: the school's rules as pure code; imports the standard library and pydantic only."""
