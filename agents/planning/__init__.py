"""Planning in latent models: observations as prototypes, soft transitions between them, value iteration for many goals."""
