"""What changed, who changed it, when and why: the history from which any past date can be shown."""
