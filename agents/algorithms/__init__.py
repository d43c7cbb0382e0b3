"""What is learned: algorithms and their settings, one file each, found by the registry. How is the learners' matter."""
