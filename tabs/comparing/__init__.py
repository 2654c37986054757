"""What is open on the Compare page, and what the user does there."""
