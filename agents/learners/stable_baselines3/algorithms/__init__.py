"""What Stable-Baselines3 carries out: a file for each algorithm, which makes its model."""
