"""Typed REST endpoints of every register, and their OpenAPI description."""
