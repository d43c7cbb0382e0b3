"""What Stable-Baselines3's models are made from and kept as: their environments, settings under their names, their state."""
