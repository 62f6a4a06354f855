"""cli: the calendar on files and on a running school: lint, propose, rehearse, move, why; a module a verb."""
