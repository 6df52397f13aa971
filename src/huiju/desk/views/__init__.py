"""Pages for the signed-in reader, by noun."""
