"""The settings that agents have: what all priors share on a family, and the ledgers of the searches that chose the rest."""
