"""Commands that find settings and what they are held against: searches, reference scores, budgets."""
