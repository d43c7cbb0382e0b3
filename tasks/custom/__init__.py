"""Tasks and files of users: `file.py:Name` is read, guarded and registered beside the shipped tasks."""
