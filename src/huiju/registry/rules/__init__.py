"""What a roster row must be to come in: identity, level, name, dates, place. Pure functions."""
