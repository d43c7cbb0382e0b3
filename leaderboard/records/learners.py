"""The learners that records name, which this floor cannot import: the usual one, and the one it is held equal to."""

BATCHED = "batched"
REFERENCE = "stable-baselines3"
