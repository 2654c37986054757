"""How sure a figure is, and what chance alone would make of it."""
