"""What the terms of each shape may say, in words, and how they are read from JSON."""
