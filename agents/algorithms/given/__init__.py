"""Algorithms that learn from given transitions: latent models to plan in, by several losses, and DQN."""
