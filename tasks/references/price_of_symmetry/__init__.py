"""The price of symmetry: what the best equivariant policy loses against the best policy there is."""

from symprior.tasks.references.price_of_symmetry.price import PriceOfSymmetry, price_of_symmetry

__all__ = ["PriceOfSymmetry", "price_of_symmetry"]
