"""What a prior is measured against: ordinary networks, matched in parameters or in the widths of layers."""
