"""records: the file store: by school and SHA-256, fsynced before the answer, never overwritten."""
