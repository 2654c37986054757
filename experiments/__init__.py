"""Parameters as an experiment: the plan, its runs, and what they say. Usable from a notebook."""
