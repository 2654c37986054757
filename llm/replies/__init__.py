"""A reply from its request to its stored end, and what it may cost."""
