"""The algorithms: one file each, found by the registry."""
