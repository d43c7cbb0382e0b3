"""Populations: seeds of one agent side by side, what they remember, their losses, and their optimizer, in torch."""
