"""Stable-Baselines3's buffers, whose samples a prior turns."""
