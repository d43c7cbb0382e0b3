"""Figures and tables for a paper, at the width of its column: gains, curves, profiles and dials of a board."""
