"""One file for each algorithm, named as that is, with a `RECIPE`."""
