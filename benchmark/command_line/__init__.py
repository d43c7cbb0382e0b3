"""The command line as a whole: its options and errors, and commands that are imported when they are called."""
