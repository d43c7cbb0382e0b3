"""Groups from some of their elements: signed permutations close to a group, which gets its name, and act on states."""
