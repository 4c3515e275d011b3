"""The facts of the invented organisation, as plain values."""
