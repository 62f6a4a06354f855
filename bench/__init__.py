"""bench: speed measured side by side with a peer or a limit in one run, as a ratio, with memory."""
