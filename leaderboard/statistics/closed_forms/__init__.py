"""Intervals in closed form, as boards print them: of means, headlines, shares of runs and placements."""
