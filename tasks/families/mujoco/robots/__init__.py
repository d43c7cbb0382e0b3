"""The robots: one file each says how its symmetry acts, and which states a certificate tries."""
