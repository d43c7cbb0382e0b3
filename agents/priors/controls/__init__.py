"""Controls, which keep a claim honest: bases that are no symmetry's, other groups, more steps."""
