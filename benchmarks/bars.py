"""What a list page may take; apart, since reading it needs no Django."""

#: The bars of the design for a list: milliseconds at the 95th percentile with 10,000 rows, queries with any number.
BAR_MS, BAR_QUERIES = 100.0, 12
