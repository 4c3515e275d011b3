"""Template tags of forms outside the registers."""
