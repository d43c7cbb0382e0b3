"""The learners that records name, which this floor cannot import: the usual one, and the one it is held equal to.

Likewise the kernels of the usual one.
"""

BATCHED = "batched"
REFERENCE = "stable-baselines3"

FUSED, TORCH = "fused", "torch"
