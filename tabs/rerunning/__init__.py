"""What a replay on another model shows, and what the user does with it."""
