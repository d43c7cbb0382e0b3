"""The compiled code.

`entries` has the functions that python calls. They look at `images` of states, go through a network by `passes`, take
gradients of `losses` and steps of `adam`, all by the `products`, `functions` and `streams` that stand here, on what `tables`
names; `compiled` says how they are compiled.
"""
