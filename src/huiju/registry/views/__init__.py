"""Pages of the registry, by noun."""
