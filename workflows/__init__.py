"""workflows: deterministic; they ask the plan, carry out what is due and sleep. They import rules only."""
