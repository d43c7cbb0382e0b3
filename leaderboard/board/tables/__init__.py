"""The rows of a board and the tables of its tasks: what they hold, and how they are computed from cells."""
