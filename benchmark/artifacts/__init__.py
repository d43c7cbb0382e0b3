"""What is kept beside records: what runs print, and where somebody asks for it trained policies and learning curves.

A policy is arrays by name, which an agent gives and takes up again; a curve is written point by point while a run goes on.
"""
