"""What the planner carries out: a file for each algorithm, with the loss that its model learns by."""
