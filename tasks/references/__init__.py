"""What scores are measured against: score 0 and 1, budgets, frozen states, the price of a symmetry; found, wrong groups."""
