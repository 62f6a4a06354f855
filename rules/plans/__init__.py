"""rules: the dated steps of each kind of process, a module each."""
