"""Records of runs: their schema, reading and writing them, and the published ones in compact form."""
