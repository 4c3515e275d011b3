"""Django's SQLite backend with fair waiting between writers."""
