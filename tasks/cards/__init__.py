"""What a reader sees of a task: its picture under its group, and the gallery of all tasks."""
