"""Where stacks of runs are carried out; an engine takes stacks and gives what became of each."""
