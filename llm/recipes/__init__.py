"""What made a reply: its request rebuilt from what is stored, and what that request is as a program of one's own."""
