"""Reads over the records of governance."""
