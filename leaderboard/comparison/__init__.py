"""Records sorted into cells, and what comparing cells gives: curves, gains, tests of learners, resolution."""
