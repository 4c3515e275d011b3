"""What this app knows: snapshots, the rules of health, how figures roll up."""
