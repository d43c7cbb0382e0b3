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

FRAME_AVERAGING = """@inproceedings{puny2022frame,
  title={Frame Averaging for Invariant and Equivariant Network Design},
  author={Puny, Omri and Atzmon, Matan and Smith, Edward J. and Misra, Ishan and Grover, Aditya and Ben-Hamu, Heli and
    Lipman, Yaron},
  booktitle={International Conference on Learning Representations},
  year={2022}
}"""

EUCLIDEAN_AUGMENTATION = """@inproceedings{luo2024reinforcement,
  title={Reinforcement Learning with {E}uclidean Data Augmentation for State-Based Continuous Control},
  author={Luo, Jinzhu and Chen, Dingyang and Zhang, Qi},
  booktitle={Advances in Neural Information Processing Systems},
  volume={37}, year={2024}
}"""

PLANNABLE_APPROXIMATIONS = """@inproceedings{vanderpol2020plannable,
  title={Plannable Approximations to {MDP} Homomorphisms: Equivariance under Actions},
  author={van der Pol, Elise and Kipf, Thomas and Oliehoek, Frans A. and Welling, Max},
  booktitle={Proceedings of the 19th International Conference on Autonomous Agents and MultiAgent Systems},
  pages={1431--1439}, year={2020}
}"""
