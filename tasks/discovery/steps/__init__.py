"""Environments that are put into states: what moves what, which maps commute with steps, how they act on observations."""
