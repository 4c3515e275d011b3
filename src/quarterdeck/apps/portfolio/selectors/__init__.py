"""What this app knows: the tree, who holds its roles, how it rolls up."""
