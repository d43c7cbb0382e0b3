"""One run: a job becomes an agent, trains in metered environments, is evaluated, and ends as a record."""
