"""The learners: each carries algorithms out from the same networks, priors and settings, and names no other learner."""
