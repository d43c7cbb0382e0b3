"""Networks, plain and equivariant: layers are put together to a trunk, and heads say what a network is for."""
