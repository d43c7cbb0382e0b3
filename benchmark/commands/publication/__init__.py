"""Commands that make results fit to be read and cited by others: the site, figures and tables, BibTeX, submissions."""
