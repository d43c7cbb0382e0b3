"""The search of what can only be played: vectors by a graph of moments, pictures by their turns and flips.

A classifier decides: it must not tell steps of some episodes from images of steps of others.
"""
