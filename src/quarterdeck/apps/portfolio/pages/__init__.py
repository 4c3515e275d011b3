"""The bespoke screens of the portfolio: homes of initiatives, the map, and new initiatives from templates."""
