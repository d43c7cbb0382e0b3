"""Whether the board's numbers keep their promises, measured on published records.

`populations` are cells with many runs; `draws` takes disjoint groups of seeds from them; `measures` asks how often an
interval errs, covers or finds; `table` prints all of it. Draws go through the functions that the
board prints with.
"""
