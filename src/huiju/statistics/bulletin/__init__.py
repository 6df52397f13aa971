"""The yearly bulletin: one report out of the figures, and its pages, PDF, Word and plain text."""
