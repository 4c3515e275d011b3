"""Search over every kind of record: declared by its app, kept in step by events, limited to what one may see."""
