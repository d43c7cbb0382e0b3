"""Discovery: the symmetry of an environment that nobody declared.

`subject` makes what is searched. What can be put into states is searched by single `steps`; a weighted graph of what moves
what (`graphs`) proposes maps, and so does a MuJoCo `model`. What can be enumerated is searched in `tables`. The rest is a
`found` group, which `proposal` certifies. `discover` is the whole, `declaration` its Python, `overview` a table of many.
"""
