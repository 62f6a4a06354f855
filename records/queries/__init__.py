"""records: what is read, a module each subject."""
