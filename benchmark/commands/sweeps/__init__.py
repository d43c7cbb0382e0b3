"""Commands around sweeps: which suites there are, a suite as a list of commands, how far a sweep is, data of runs."""
