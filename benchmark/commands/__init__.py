"""The commands of `symprior`: one module each, whose `add_to(app)` is also read to list them without importing them."""
