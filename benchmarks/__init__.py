"""Runnable comparisons; each prints its own table."""
