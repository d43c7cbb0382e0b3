"""`make bench`: speeds as ratios, both sides measured in turn in one run on this machine; medians of repeats.

Single absolute times mean little on a shared machine, so every line compares two things that do the same work.
"""
