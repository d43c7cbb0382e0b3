"""The commands of `symprior`: one module each, with `add_to(app)`."""
