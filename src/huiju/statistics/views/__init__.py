"""Pages of statistics: dashboard, figures, publications, bulletins."""
