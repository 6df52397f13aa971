"""Reads across packages for the signed-in reader's own pages."""
