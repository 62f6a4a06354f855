"""records: what steps of the plan write, a module each subject; every effect under its step key."""
