"""Pages of the tracks beside the headline: a page for each dial, and one for goals that are planned for from given data."""
