"""Questions of speed that are asked one at a time, `python -m speed.studies.NAME`; docs/speed.md has the answers."""
