"""What `make bench` measures: one file for each part of the code, every function one line of the table."""
