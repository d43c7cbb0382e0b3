"""The learners: what carries an algorithm out, from the same networks, priors and settings."""
