"""What is to be run: jobs as frozen values, who their agents are, and all that decides a run, worked out once.

A user's agent is described and runs in a process of its own, `isolation/`.
"""
