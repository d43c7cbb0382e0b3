"""What puts a single environment into states, or plays it, so that a certificate can measure its symmetry."""
