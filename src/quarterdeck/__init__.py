"""Quarterdeck, a self-hosted Project Management Office."""

__version__ = "0.1.0"
