"""What is open on the chat page, and what the user does there."""
