"""Knowledge: lessons, where they come from and where they were applied."""
