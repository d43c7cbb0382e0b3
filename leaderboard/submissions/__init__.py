"""Agents of others on the board: what a submission says of itself, its code as text, its records, and checks of them.

A submission is a folder, `submissions/NAME`. `submission.py` reads one, `packing.py` writes one, `checks/` looks for what
cannot be or must not be. Nothing here runs or imports a submission's code.
"""

from pathlib import Path

FOLDER = "submissions"
"""Where submissions lie in a checkout."""

SUBMISSIONS = Path(__file__).parents[2] / FOLDER
"""Those of this checkout; an installed package has none."""
