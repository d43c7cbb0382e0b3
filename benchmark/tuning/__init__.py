"""What is decided before results: searches of settings, budgets, learned reference scores."""
