"""A whole update of one seed as one compiled function, so that its parameters and its minibatch stay in the cache.

`description` writes a network down as data, whatever prior it comes from: products whose weights are sums of scaled blocks
of the coefficients; `frames` does the same for the images that it is asked at, `losses` for what it learns by. In
`arithmetic/`, `passes` and `images` go through that both ways. `on_policy` and `value` put it in the place of a population's
torch code; `choice` says which agents take it.
"""
