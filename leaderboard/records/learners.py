"""The learners that records name, which this floor cannot import: the usual one, the one it is held equal to, users' own.

Likewise the kernels of the usual one.
"""

BATCHED = "batched"
REFERENCE = "stable-baselines3"
OWN = "custom"
"""What carries out an agent from a user's file."""

FUSED, TORCH = "fused", "torch"
