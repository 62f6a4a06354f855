"""cli: what a student hands in and a teacher certifies; a module a verb."""
