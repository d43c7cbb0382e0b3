"""Results that are checked by training them again: whether bits agree, which runs are drawn, what is kept, what it proves.

`agreement` holds two records of a run against each other, `cells` two cells; `drawing` says which runs a verifier trains
again; `record` is what is kept of that, and `levels` says by it what a row was shown to be.
"""
