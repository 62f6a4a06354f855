"""Mutation testing of the pure rules: `python -m tests.mutation`; the results stand in docs/mutants.md."""
