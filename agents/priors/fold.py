"""Folding: learning in the reduced decision process, where an orbit of states is one state."""

from __future__ import annotations

import numpy as np

from symprior.agents.networks.layers.frames import Representative
from symprior.agents.networks.sizes import Sizes
from symprior.agents.priors.prior import N, PlainNetwork, register
from symprior.symmetry.symmetry import Symmetry


@register
class Fold(PlainNetwork):
    """The homomorphism taken literally: π(s) = g⁻¹ π(g s) with the g that moves s to the representative of its orbit.

    The image of a Markov decision process under a homomorphism has one state for each orbit; its policy is lifted by moving
    actions back (Ravindran and Barto, 2004). As a network this is canonicalisation (Kaba et al., 2023): one forward pass, no
    parameters beside the plain network's. `Representative` says which image represents an orbit, and what is done where
    several elements lead there. Running statistics, where observations are scaled, are those of the observations as they
    are met, not of their representatives. A table has one entry for each orbit of pairs of a state and an action.
    """

    name = "fold"
    title = "folding"
    description = "A plain network sees one representative of the observation's orbit; its actions are moved back."
    bibtex = """@inproceedings{ravindran2004approximate,
  title={Approximate Homomorphisms: A Framework for Non-exact Minimization in {Markov} Decision Processes},
  author={Ravindran, Balaraman and Barto, Andrew G.},
  booktitle={International Conference on Knowledge Based Computer Systems},
  year={2004}
}

@inproceedings{kaba2023equivariance,
  title={Equivariance with Learned Canonicalization Functions},
  author={Kaba, S{\\'e}kou-Oumar and Mondal, Arnab Kumar and Zhang, Yan and Bengio, Yoshua and Ravanbakhsh, Siamak},
  booktitle={International Conference on Machine Learning},
  year={2023}
}"""
    strict = folds = True

    def network(
        self, kind: type[N], symmetry: Symmetry, sizes: Sizes, rng: np.random.Generator, settings: object = None
    ) -> N:
        """A plain network, asked at representatives."""
        return super().network(kind, symmetry, sizes, rng).averaged_over(Representative, symmetry)
