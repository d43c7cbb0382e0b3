"""BibTeX of the papers that more than one agent follows."""

MDP_HOMOMORPHIC_NETWORKS = """@inproceedings{vanderpol2020mdp,
  title={{MDP} Homomorphic Networks: Group Symmetries in Reinforcement Learning},
  author={van der Pol, Elise and Worrall, Daniel E. and van Hoof, Herke and Oliehoek, Frans A. and Welling, Max},
  booktitle={Advances in Neural Information Processing Systems},
  volume={33}, year={2020}
}"""

SYMMETRIC_LOCOMOTION = """@inproceedings{abdolhosseini2019symmetric,
  title={On Learning Symmetric Locomotion},
  author={Abdolhosseini, Farzad and Ling, Hung Yu and Xie, Zhaoming and Peng, Xue Bin and van de Panne, Michiel},
  booktitle={Motion, Interaction and Games},
  year={2019}
}"""
