"""From what a network says to an action: distributions, and actors with random streams of their own."""
