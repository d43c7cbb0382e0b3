"""Algorithms that learn from a replay buffer of past transitions."""
