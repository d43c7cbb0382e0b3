"""Boards as frozen values: rows with ranks, tables of tasks, columns, claims and the sentences that say them."""
