"""rliable's stratified bootstrap: which runs are drawn, and its estimators over all draws at once."""
