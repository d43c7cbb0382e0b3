"""Grid worlds, which can be enumerated, so that their optimum and the price of their symmetry are exact."""
