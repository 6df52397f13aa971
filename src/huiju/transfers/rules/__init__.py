"""What a spreadsheet says: its cells, its columns, its rows. Pure functions over `reading.grid`."""
