"""Priors in the data: transitions, episodes or the environment itself, turned by the group."""
