"""What is open on the Experiments page, and what the user does there."""
