"""cli: rosters, receipts, and the tools that need no server; a module a verb."""
