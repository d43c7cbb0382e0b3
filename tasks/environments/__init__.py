"""What is stepped: dynamics as array operations, vector environments, and the random streams that they draw from."""
