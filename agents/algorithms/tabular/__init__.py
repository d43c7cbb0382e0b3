"""Algorithms that learn a table of action values, for tasks with finitely many states: the seeds of all others."""
