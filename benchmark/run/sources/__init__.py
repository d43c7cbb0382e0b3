"""What agents learn from, under a budget: environments that count their steps, and transitions given beforehand."""
