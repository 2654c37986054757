"""What a presentation shows, and what the user does with it and with its moments."""
