"""Commands that bring an agent of one's own to the board: a folder to start from, packing it, checking it."""
