"""What the batched learner carries out: a file for each algorithm, with the gradients of its loss."""
