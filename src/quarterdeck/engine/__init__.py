"""The engine: arithmetic of plans, money and portfolios in plain Python; no Django."""
