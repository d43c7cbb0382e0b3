"""A whole update of one seed as one compiled function, so that its parameters and its minibatch stay in the cache.

`description` writes a network down as data, whatever prior it comes from: products whose weights are sums of scaled blocks
of the coefficients; `network_kernel` holds that and what is trained, and `arithmetic` computes with it. `on_policy` and
`off_policy` put it in the place of a stack's torch code, `layers` only in that of its layers; `choice` says which agents
take which, and `preparation` compiles everything beforehand.
"""
