"""A run reduced to one number: what it scored, and how much data it lost."""
