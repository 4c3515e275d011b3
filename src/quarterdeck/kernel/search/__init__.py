"""Search over every kind of record: declared once by its app, kept in step by events, limited to what the searcher may see."""
