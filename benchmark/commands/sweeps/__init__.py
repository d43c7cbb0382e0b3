"""Commands around sweeps: which suites there are, a suite as a list of commands, and how far a sweep is."""
