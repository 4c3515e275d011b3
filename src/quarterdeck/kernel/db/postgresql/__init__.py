"""Django's PostgreSQL backend without compiled queries."""
