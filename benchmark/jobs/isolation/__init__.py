"""A user's agent in a process of its own: environment, budget, evaluation, clock and records stay on this side.

What crosses are arrays of fixed types and shapes, through memory that both sides have open, and JSON: nothing is unpickled.
`isolated_agent` is the agent as a run sees it, `agent_process` its process, `inside/` what runs there.
"""
