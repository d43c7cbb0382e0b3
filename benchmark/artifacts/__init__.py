"""What is kept beside records when somebody asks for it: trained policies, and learning curves for other programs.

A policy is arrays by name, which an agent gives and takes up again; a curve is written point by point while a run goes on.
"""
