"""BibTeX of what more than one task stands on."""

GYMNASIUM = """@misc{towers2024gymnasium,
  title={Gymnasium: A Standard Interface for Reinforcement Learning Environments},
  author={Towers, Mark and Kwiatkowski, Ariel and Terry, Jordan and Balis, John U. and De Cola, Gianluca and
    Deleu, Tristan and Goul{\\~a}o, Manuel and Kallinteris, Andreas and Krimmel, Markus and KG, Arjun and
    Perez-Vicente, Rodrigo and Pierr{\\'e}, Andrea and Schulhoff, Sander and Tai, Jun Jet and Tan, Hannah and
    Younis, Omar G.},
  year={2024}, eprint={2407.17032}, archivePrefix={arXiv}
}"""
