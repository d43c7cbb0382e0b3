"""Weighted graphs of which coordinate moves which, and the signed permutations under which they look the same."""
