"""How a group acts on a robot, declared by the names of its joints and bodies."""
