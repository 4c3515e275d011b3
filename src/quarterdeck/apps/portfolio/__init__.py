"""The portfolio: the tree of initiatives, their states, templates, and the pages on which one steers them."""
