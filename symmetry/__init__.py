"""The mathematics, below everything, on numpy alone: groups, their representations, symmetries of decision processes.

`groups` and `representations` make a `Symmetry`; `symmetrizer` finds the linear maps that commute with one; `description`
says in words how one acts, by `names`. The errors that users read are here too, as every floor raises them.
"""
