"""rules: what a rehearsal tells beside the trace: people, script, coverage, load, the critical path."""
