"""Files: written so that nobody reads half of one, and read through a schema."""
