"""A whole update of one seed as one compiled function, so that its parameters and its minibatch stay in the cache.

`description` writes a network down as data, whatever prior it comes from: products whose weights are sums of scaled blocks
of the coefficients. In `arithmetic/`, `passes` goes through it both ways with the products of `products`, `losses`
has the gradients of the algorithms and `adam` the step. `on_policy` and `value` put that in the place of a population's
torch code, `layers` only of its layers; `choice` says which agents take which.
"""
