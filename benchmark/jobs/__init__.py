"""What is to be run: jobs as frozen values, who their agents are, and all that decides a run, worked out once."""
