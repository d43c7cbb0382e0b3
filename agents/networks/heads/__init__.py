"""Networks by what they say: policy and value, action values, quantiles, squashed actions, twin critics."""
