"""Policies and buffers for one's own scripts with Stable-Baselines3: each takes a symmetry, and nothing else changes."""
