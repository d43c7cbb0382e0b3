"""Dials on grid worlds: a drift in catch, a poor side and obstacles in a room; each has a twin that shows what it breaks."""
