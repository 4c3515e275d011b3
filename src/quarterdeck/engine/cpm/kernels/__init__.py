"""The compiled part of the passes: graphs, rules, forward and backward pass, roll-up, incremental repair."""
