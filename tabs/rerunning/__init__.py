"""What a rerun on another model shows, and what the user does with it."""
