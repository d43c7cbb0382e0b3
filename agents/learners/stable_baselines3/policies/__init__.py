"""Stable-Baselines3's policy classes around this project's networks."""
