"""The benchmark: what is run, how one run goes, how many are carried out, and the command line.

A suite or a command becomes jobs (`jobs/`); a sweep (`sweep/`) cuts them into stacks for an engine; each stack is run after
the protocol (`run/`), which leaves a record for each seed. `tuning/` does the same on seeds of its own, before
results, and `verification/` trains runs of results again.
"""
