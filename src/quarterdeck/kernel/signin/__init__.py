"""Signing in: who someone is. What one may do is the matter of `access`; who decides it, of `administration`."""
