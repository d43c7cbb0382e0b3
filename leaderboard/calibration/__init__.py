"""Whether the board's numbers keep their promises, measured on published records.

`populations` are cells with many runs; `draws` takes disjoint groups of seeds from them; `numbers` and `totals` are the
board's numbers of many draws at once; `measures` asks how often an interval errs, covers or finds; `table` prints it.
"""
