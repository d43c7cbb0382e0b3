"""The learner of tables: one row for each observation that is met, or one for each orbit of them.

`algorithms/` has one file for each algorithm, `agent.py` the loop that acts and learns, `table.py` the entries.
"""

from symprior.agents.learners.learner import Learner, register


@register
class Tabular(Learner):
    """Carries out what learns a table; nobody has to ask for it."""

    name = "tabular"
    is_chosen = False
    trains_many = True
    devices = ("cpu",)
