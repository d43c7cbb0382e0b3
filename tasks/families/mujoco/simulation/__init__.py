"""Many robots of a kind stepped at once: the physics, what they show and earn, and copies side by side."""
