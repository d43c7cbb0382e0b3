"""What runs in an agent's own process: it reads the user's file, answers what a run asks, and asks for steps."""
