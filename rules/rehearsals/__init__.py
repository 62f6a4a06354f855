"""rules: what a rehearsal is made of (world, plans, effects) and what it tells beside the trace: script, coverage, load."""
