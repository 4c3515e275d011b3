"""Tags of the register pages."""
