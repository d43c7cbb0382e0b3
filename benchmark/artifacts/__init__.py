"""What is kept beside records: what runs print, and where somebody asks for it policies, learning curves, given transitions.

A policy is arrays by name, which an agent gives and takes up again; a curve is written point by point while a run goes on;
transitions are a data set in a format of others.
"""
