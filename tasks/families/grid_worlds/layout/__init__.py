"""Where grid worlds take place: cells and walls, starts, pictures."""
