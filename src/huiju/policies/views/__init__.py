"""Pages of the policy library, by noun."""
