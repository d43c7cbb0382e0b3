"""The priors: one file each, found by the registry; both learners take the same definitions."""
