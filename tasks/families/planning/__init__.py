"""Goal tasks: a world, and a goal that is seen beside it; what is known of the world is given as transitions.

A `World` has no goal. `GoalSimulator` stacks what is seen of it and of the goal, and ends at the goal.
"""
