"""What the library shows, and what the user does there."""
