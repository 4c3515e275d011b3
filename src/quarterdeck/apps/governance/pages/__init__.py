"""The bespoke screens of governance."""
