"""Pages of allowances, by noun."""
