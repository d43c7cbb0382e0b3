"""Algorithms that learn a latent model from given transitions and plan in it: they differ in what makes a good code."""
