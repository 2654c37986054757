"""Running a plan: what is left of it, how fast it may go, and what it has spent."""
